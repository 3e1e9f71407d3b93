namespace Sagebrush.Services.AutoScaling;

/// <summary>What autoscaling reads of metrics.</summary>
internal interface IScalingMetrics
{
    /// <summary>A metric's values over the last whole periods, earliest first; null where a period has none.</summary>
    ValueTask<IReadOnlyList<double?>> ReadAsync(
        string account, string region, ScalingMetric metric, DateTimeOffset end, int periods, CancellationToken cancellationToken);
}
