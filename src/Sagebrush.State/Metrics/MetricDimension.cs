namespace Sagebrush.State.Metrics;

/// <summary>One of the names and values that tell a metric from others of its name.</summary>
/// <param name="Name">For example <c>EndpointName</c>; unique within a metric.</param>
/// <param name="Value">For example <c>churn</c>.</param>
public readonly record struct MetricDimension(string Name, string Value);
