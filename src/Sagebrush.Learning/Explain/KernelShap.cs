namespace Sagebrush.Learning.Explain;

/// <summary>
/// SHAP values of any model by weighted least squares over coalitions of features (Lundberg &amp; Lee 2017). Few features are enumerated, which
/// is exact; of many, coalitions are drawn together with their complements (Covert &amp; Lee 2021).
/// </summary>
public sealed class KernelShap
{
    /// <summary>Rows predicted at once.</summary>
    private const int MostRows = 4096;

    private readonly Action<double[], int, double[]> _predict;
    private readonly double[] _background;
    private readonly int _features;
    private readonly ShapCoalitions _coalitions;

    /// <summary>Creates an explainer.</summary>
    /// <param name="predict">Predicts rows that lie one after the other: their values, their number, and room for one prediction each.</param>
    /// <param name="background">Rows that stand for absent features, one after the other.</param>
    /// <param name="featureCount">Features per row.</param>
    /// <param name="samples">Coalitions to draw when there are too many to enumerate; null for twice the features and 2048 more.</param>
    /// <param name="seed">Equal seeds give equal values.</param>
    public KernelShap(Action<double[], int, double[]> predict, double[] background, int featureCount, int? samples = null, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(predict);
        ArgumentNullException.ThrowIfNull(background);
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        if (background.Length == 0 || background.Length % featureCount != 0)
        {
            throw new ArgumentException($"{background.Length} values are not rows of {featureCount} features.", nameof(background));
        }

        (_predict, _background, _features) = (predict, background, featureCount);
        _coalitions = new ShapCoalitions(featureCount, samples, seed);
    }

    /// <summary>Explains a row.</summary>
    /// <param name="row">Its values.</param>
    /// <returns>One value per feature, then the mean prediction over the background; all add up to the row's prediction.</returns>
    public double[] Explain(ReadOnlySpan<double> row) => _coalitions.Solve(Worths(row, [.. _coalitions.Sets]));

    // The mean prediction when some features are the row's and the others a background row's; many sets are predicted at once.
    private double[] Worths(ReadOnlySpan<double> row, bool[][] sets)
    {
        var count = _background.Length / _features;
        var worths = new double[sets.Length];
        var atOnce = Math.Max(1, MostRows / count);
        for (var first = 0; first < sets.Length; first += atOnce)
        {
            var chunk = sets.AsSpan(first, Math.Min(atOnce, sets.Length - first));
            var mixed = new double[chunk.Length * _background.Length];
            for (var set = 0; set < chunk.Length; set++)
            {
                var mine = mixed.AsSpan(set * _background.Length, _background.Length);
                _background.CopyTo(mine);
                for (var at = 0; at < mine.Length; at++)
                {
                    if (chunk[set][at % _features])
                    {
                        mine[at] = row[at % _features];
                    }
                }
            }

            var predictions = new double[chunk.Length * count];
            _predict(mixed, predictions.Length, predictions);
            for (var set = 0; set < chunk.Length; set++)
            {
                worths[first + set] = predictions.AsSpan(set * count, count).ToArray().Average();
            }
        }

        return worths;
    }
}
