using Sagebrush.State.Metrics;

namespace Sagebrush.Services.AutoScaling;

/// <summary>Reads what autoscaling tracks from the store of metrics.</summary>
internal sealed class StoredScalingMetrics(IMetricStore store) : IScalingMetrics
{
    public async ValueTask<IReadOnlyList<double?>> ReadAsync(
        string account, string region, ScalingMetric metric, DateTimeOffset end, int periods, CancellationToken cancellationToken)
    {
        var period = (int)metric.Period.TotalSeconds;
        var last = end.ToUnixTimeSeconds() / period * period;
        var first = last - (periods * period);
        var points = await store.ReadAsync(
            new MetricRead
            {
                Metric = new MetricKey(
                    account, region, metric.Namespace, metric.Name, MetricDimensions.From(metric.Dimensions.Select(dimension => new MetricDimension(dimension.Name, dimension.Value)))),
                Start = first,
                End = last,
                Period = period,
                Unit = metric.Unit is null or "None" ? null : metric.Unit,
            },
            cancellationToken);
        var values = new double?[periods];
        foreach (var point in points)
        {
            values[(point.Time - first) / period] = metric.Statistic switch
            {
                "Sum" => point.Values.Sum,
                "Minimum" => point.Values.Minimum,
                "Maximum" => point.Values.Maximum,
                "SampleCount" => point.Values.SampleCount,
                _ => point.Values.Average,
            };
        }

        return values;
    }
}
