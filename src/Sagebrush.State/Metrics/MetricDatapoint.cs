namespace Sagebrush.State.Metrics;

/// <summary>The values of one period.</summary>
/// <param name="Time">When the period begins, in Unix seconds.</param>
/// <param name="Unit">Their unit; null when units were not told apart.</param>
/// <param name="Values">The values; at least one.</param>
public sealed record MetricDatapoint(long Time, string? Unit, StatisticSet Values);
