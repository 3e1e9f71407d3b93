namespace Sagebrush.Learning.Bias;

/// <summary>A measure of bias.</summary>
/// <param name="Name">Its name, such as <c>DPL</c>.</param>
/// <param name="Description">What it is called in full.</param>
/// <param name="Measure">Computes it; throws <see cref="BiasMetricException"/> where it is not defined.</param>
public sealed record BiasMetric(string Name, string Description, Func<BiasGroups, double> Measure);
