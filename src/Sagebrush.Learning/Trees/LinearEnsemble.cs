namespace Sagebrush.Learning.Trees;

/// <summary>The linear booster (<c>gblinear</c>): a weight per feature and group, and a bias per group.</summary>
public sealed class LinearEnsemble : IMarginModel
{
    private readonly float[] _weights;
    private readonly float[] _baseMargins;

    /// <summary>Creates the model.</summary>
    /// <param name="weights">Feature-major weights, <c>[feature × groups + group]</c>, then one bias per group.</param>
    /// <param name="featureCount">Number of features a row has.</param>
    /// <param name="baseMargins">What each group's sum starts from; its length is the number of groups.</param>
    /// <exception cref="ModelFormatException">The number of weights does not fit features and groups.</exception>
    public LinearEnsemble(ReadOnlySpan<float> weights, int featureCount, ReadOnlySpan<float> baseMargins)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(featureCount);
        ArgumentOutOfRangeException.ThrowIfZero(baseMargins.Length);
        if (weights.Length != (featureCount + 1L) * baseMargins.Length)
        {
            throw new ModelFormatException(
                $"The linear model has {weights.Length} weights; {featureCount} features and {baseMargins.Length} groups need {(featureCount + 1L) * baseMargins.Length}.");
        }

        _weights = weights.ToArray();
        _baseMargins = baseMargins.ToArray();
        FeatureCount = featureCount;
    }

    /// <inheritdoc/>
    public int FeatureCount { get; }

    /// <inheritdoc/>
    public int GroupCount => _baseMargins.Length;

    /// <inheritdoc/>
    public void PredictMargin(ReadOnlySpan<float> row, Span<float> margins)
    {
        var groups = GroupCount;
        for (var group = 0; group < groups; group++)
        {
            var sum = _weights[(FeatureCount * groups) + group] + _baseMargins[group];
            for (var feature = 0; feature < FeatureCount; feature++)
            {
                var x = row[feature];
                if (!float.IsNaN(x))
                {
                    sum += x * _weights[(feature * groups) + group];
                }
            }

            margins[group] = sum;
        }
    }

    /// <inheritdoc/>
    public void PredictMargins(ReadOnlySpan<float> rows, Span<float> margins)
    {
        var count = margins.Length / GroupCount;
        for (var i = 0; i < count; i++)
        {
            PredictMargin(rows.Slice(i * FeatureCount, FeatureCount), margins.Slice(i * GroupCount, GroupCount));
        }
    }
}
