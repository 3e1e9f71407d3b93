namespace Sagebrush.State.Metrics;

/// <summary>A page of metrics.</summary>
/// <param name="Metrics">Ordered by namespace, name and dimensions.</param>
/// <param name="NextToken">Leads to the next page; null on the last.</param>
public sealed record MetricPage(IReadOnlyList<MetricKey> Metrics, string? NextToken);
