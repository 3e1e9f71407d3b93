namespace Sagebrush.State.Metrics;

/// <summary>What names a metric.</summary>
/// <param name="Account">The twelve digits of the account.</param>
/// <param name="Region">For example <c>us-east-1</c>.</param>
/// <param name="Namespace">For example <c>AWS/SageMaker</c>; compared ordinally, as everything here.</param>
/// <param name="Name">For example <c>Invocations</c>.</param>
/// <param name="Dimensions">What tells it from other metrics of the name.</param>
public sealed record MetricKey(string Account, string Region, string Namespace, string Name, MetricDimensions Dimensions);
