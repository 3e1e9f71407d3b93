namespace Sagebrush.Learning.Trees;

/// <summary>Maps a row of features to raw scores (margins), one per group, before any objective's transform.</summary>
/// <remarks>Implementations are immutable, thread-safe and allocate nothing while they predict.</remarks>
public interface IMarginModel
{
    /// <summary>Number of features a row must have.</summary>
    int FeatureCount { get; }

    /// <summary>Number of scores per row.</summary>
    int GroupCount { get; }

    /// <summary>Scores one row.</summary>
    /// <param name="row">At least <see cref="FeatureCount"/> values; NaN is a missing value.</param>
    /// <param name="margins">Receives <see cref="GroupCount"/> scores.</param>
    void PredictMargin(ReadOnlySpan<float> row, Span<float> margins);

    /// <summary>Scores several rows that lie one after the other.</summary>
    /// <param name="rows">Row-major values, <see cref="FeatureCount"/> per row.</param>
    /// <param name="margins">Receives <see cref="GroupCount"/> scores per row.</param>
    void PredictMargins(ReadOnlySpan<float> rows, Span<float> margins);
}
