using Sagebrush.Learning.Tables;

namespace Sagebrush.Algorithms.Training;

/// <summary>The rows of a channel.</summary>
/// <param name="Features">The features; NaN where one is missing and the algorithm takes that.</param>
/// <param name="Labels">A label per row; empty when there are none.</param>
internal sealed record TrainingTable(FeatureMatrix Features, float[] Labels)
{
    public int RowCount => Features.RowCount;
}
