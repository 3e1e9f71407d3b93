using Sagebrush.Contracts.CloudWatch;
using Sagebrush.State.Metrics;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.CloudWatch.Metrics;

/// <summary>How metrics are named in requests and answers.</summary>
internal static class MetricNames
{
    /// <summary>The metric a request names.</summary>
    /// <param name="context">Whose metric it is.</param>
    /// <param name="space">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="dimensions">Its dimensions, if any.</param>
    /// <param name="member">The request's member with the dimensions, for the refusal.</param>
    public static MetricKey Metric(
        this CallContext context, string space, string name, List<Dimension>? dimensions, string member = "Dimensions") =>
        Metric(context.AccountId, context.Region, space, name, dimensions, member);

    /// <inheritdoc cref="Metric(CallContext, string, string, List{Dimension}?, string)"/>
    public static MetricKey Metric(
        string account, string region, string space, string name, List<Dimension>? dimensions, string member = "Dimensions")
    {
        if (dimensions is null or [])
        {
            return new MetricKey(account, region, space, name, MetricDimensions.None);
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        if (dimensions.Find(one => !names.Add(one.Name)) is { } twice)
        {
            throw CloudWatchErrors.InvalidParameterValueException(
                $"The parameter {member} must not name a dimension twice: {twice.Name}.");
        }

        return new MetricKey(
            account, region, space, name, MetricDimensions.From(dimensions.Select(one => new MetricDimension(one.Name, one.Value))));
    }

    /// <summary>A metric as answers have it.</summary>
    public static Metric Describe(MetricKey metric) => new()
    {
        Namespace = metric.Namespace,
        MetricName = metric.Name,
        Dimensions = Describe(metric.Dimensions),
    };

    /// <summary>Dimensions as answers have them.</summary>
    public static List<Dimension> Describe(MetricDimensions dimensions) =>
        [.. dimensions.Select(one => new Dimension { Name = one.Name, Value = one.Value })];
}
