namespace Sagebrush.Services.AutoScaling;

/// <summary>A metric that is tracked.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Dimensions">Its dimensions.</param>
/// <param name="Statistic">One of <c>Average</c>, <c>Minimum</c>, <c>Maximum</c>, <c>SampleCount</c>, <c>Sum</c>.</param>
/// <param name="Period">The length of a period.</param>
/// <param name="Unit">Its unit; null for any.</param>
internal sealed record ScalingMetric(
    string Namespace, string Name, IReadOnlyList<(string Name, string Value)> Dimensions, string Statistic, TimeSpan Period, string? Unit = null)
{
    /// <summary>Whether no value in a period means zero: SageMaker publishes zeros where there was no traffic.</summary>
    public bool MissingIsZero { get; init; }
}
