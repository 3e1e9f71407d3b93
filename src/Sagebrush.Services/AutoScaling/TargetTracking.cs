using System.Globalization;
using Sagebrush.Contracts.ApplicationAutoScaling;

namespace Sagebrush.Services.AutoScaling;

/// <summary>Decides what capacity keeps a metric at its target, by the rules of Application Auto Scaling's own alarms.</summary>
/// <remarks>
/// Out: three periods in a row above the target. In: fifteen in a row below nine tenths of it. The capacity wanted is the one at
/// which the metric, which falls as capacity grows, would meet the target.
/// </remarks>
internal static class TargetTracking
{
    public const int PeriodsOut = 3;
    public const int PeriodsIn = 15;

    // Between the two thresholds nothing happens, so that capacity does not swing.
    private const double Slack = 0.9;

    /// <summary>The threshold of scaling in.</summary>
    public static double LowThreshold(TargetTrackingScalingPolicyConfiguration config) => config.TargetValue * Slack;

    /// <summary>The metric a policy tracks.</summary>
    public static ScalingMetric Metric(ScalableResource resource, TargetTrackingScalingPolicyConfiguration config)
    {
        var minute = TimeSpan.FromMinutes(1);
        IReadOnlyList<(string, string)> variant = [("EndpointName", resource.Endpoint), ("VariantName", resource.Variant)];
        if (config.CustomizedMetricSpecification is { } custom)
        {
            return new ScalingMetric(
                custom.Namespace!, custom.MetricName!, [.. (custom.Dimensions ?? []).Select(dimension => (dimension.Name, dimension.Value))], custom.Statistic!, minute, custom.Unit);
        }

        return config.PredefinedMetricSpecification!.PredefinedMetricType switch
        {
            MetricType.SageMakerVariantProvisionedConcurrencyUtilization =>
                new ScalingMetric("AWS/SageMaker", "ServerlessProvisionedConcurrencyUtilization", variant, "Maximum", minute) { MissingIsZero = true },
            MetricType.SageMakerVariantConcurrentRequestsPerModelHighResolution =>
                new ScalingMetric("AWS/SageMaker", "ConcurrentRequestsPerModel", variant, "Maximum", TimeSpan.FromSeconds(10)) { MissingIsZero = true },
            _ => new ScalingMetric("AWS/SageMaker", "InvocationsPerInstance", variant, "Sum", minute) { MissingIsZero = true },
        };
    }

    /// <summary>What a policy wants.</summary>
    /// <param name="config">The policy.</param>
    /// <param name="capacity">The capacity now.</param>
    /// <param name="values">The metric over the last <see cref="PeriodsIn"/> periods, earliest first.</param>
    /// <returns>The capacity; the present one when there is nothing to do.</returns>
    public static int Desired(TargetTrackingScalingPolicyConfiguration config, int capacity, IReadOnlyList<double?> values)
    {
        var last = values.TakeLast(PeriodsOut).ToList();
        if (last.Count == PeriodsOut && last.TrueForAll(value => value > config.TargetValue))
        {
            return Math.Max(capacity + 1, Needed(config, Math.Max(capacity, 1), last[^1]!.Value));
        }

        return config.DisableScaleIn is not true && values.Count == PeriodsIn && values.All(value => value < LowThreshold(config))
            ? Math.Min(capacity, Needed(config, capacity, values.Max()!.Value))
            : capacity;
    }

    /// <summary>Why a policy wants more or less, for an activity.</summary>
    public static string Cause(ScalingPolicyDocument policy, ScalingMetric metric, bool isOut) => string.Create(
        CultureInfo.InvariantCulture,
        $"policy {policy.PolicyName} wants {metric.Name} at {policy.TargetTracking!.TargetValue}, and it was {(isOut ? "above" : "below")} that " +
        $"for {(isOut ? PeriodsOut : PeriodsIn)} periods in a row");

    // A hair is taken off, so that a quotient that is whole but for rounding does not ask for one more.
    private static int Needed(TargetTrackingScalingPolicyConfiguration config, int capacity, double value) =>
        (int)Math.Min(int.MaxValue / 2, Math.Ceiling((capacity * value / config.TargetValue) - 1e-9));
}
