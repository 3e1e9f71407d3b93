using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.AutoML;

/// <summary>The predictions of candidates as features of one that stands on them.</summary>
internal static class StackedFeatures
{
    /// <summary>Puts predictions beside features.</summary>
    /// <param name="features">The features.</param>
    /// <param name="predictions">For each candidate its predictions of all rows there are.</param>
    /// <param name="places">For each row of the features, which of the predictions are its.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="width">Predictions per row.</param>
    public static FeatureMatrix Append(FeatureMatrix features, IReadOnlyList<float[]> predictions, ReadOnlySpan<int> places, ProblemType problem, int width)
    {
        var stride = features.ColumnCount + (predictions.Count * width);
        var values = new float[checked(features.RowCount * stride)];
        for (var row = 0; row < features.RowCount; row++)
        {
            var target = values.AsSpan(row * stride, stride);
            features.Row(row).CopyTo(target);
            var at = features.ColumnCount;
            foreach (var candidate in predictions)
            {
                foreach (var prediction in candidate.AsSpan(places[row] * width, width))
                {
                    target[at++] = problem == ProblemType.Regression ? prediction : LogOdds(prediction);
                }
            }
        }

        return new(values, features.RowCount, stride);
    }

    // Sums of log odds make sense, sums of probabilities less so.
    private static float LogOdds(float probability)
    {
        var kept = Math.Clamp(probability, 1e-5f, 1 - 1e-5f);
        return MathF.Log(kept / (1 - kept));
    }
}
