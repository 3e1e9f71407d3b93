namespace Sagebrush.Learning.Search;

/// <summary>A point that was tried.</summary>
/// <param name="Point">Its values, one per parameter.</param>
/// <param name="Value">What came out; smaller is better.</param>
/// <param name="Task">Which task it was tried on: 0 for the one at hand, others for related ones whose values only tell where it is good.</param>
public sealed record Evaluation(double[] Point, double Value, int Task = 0);
