namespace Sagebrush.State.Metrics;

/// <summary>Values of a metric at one time.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Time">When they were seen, in Unix seconds.</param>
/// <param name="Unit">One of CloudWatch's units, such as those of <see cref="MetricUnits"/>.</param>
/// <param name="Values">The values; not changed any more once handed over.</param>
/// <param name="HighResolution">Whether the second counts; otherwise the minute does.</param>
public sealed record MetricSample(MetricKey Metric, long Time, string Unit, StatisticSet Values, bool HighResolution = false);
