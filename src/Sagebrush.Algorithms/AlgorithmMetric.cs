namespace Sagebrush.Algorithms;

/// <summary>A metric that a built-in algorithm writes to its log.</summary>
/// <param name="Name">For example <c>validation:rmse</c>.</param>
/// <param name="Regex">Finds its value, as the first group, in a line of the log.</param>
/// <param name="IsMaximized">Whether larger values are better.</param>
public sealed record AlgorithmMetric(string Name, string Regex, bool IsMaximized);
