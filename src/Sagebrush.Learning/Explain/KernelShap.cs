namespace Sagebrush.Learning.Explain;

/// <summary>
/// SHAP values of any model by weighted least squares over coalitions of features (Lundberg &amp; Lee 2017). Few features are enumerated, which
/// is exact; of many, coalitions are drawn together with their complements (Covert &amp; Lee 2021).
/// </summary>
public sealed class KernelShap
{
    private const int MostEnumerated = 12;

    private readonly Action<double[], int, double[]> _predict;
    private readonly double[] _background;
    private readonly int _features;
    private readonly int _samples;
    private readonly int _seed;

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

        (_predict, _background, _features, _seed) = (predict, background, featureCount, seed);
        _samples = samples ?? ((2 * featureCount) + 2048);
    }

    /// <summary>Explains a row.</summary>
    /// <param name="row">Its values.</param>
    /// <returns>One value per feature, then the mean prediction over the background; all add up to the row's prediction.</returns>
    public double[] Explain(ReadOnlySpan<double> row)
    {
        var (none, all) = (Value(row, _ => false), Value(row, _ => true));
        var values = new double[_features + 1];
        values[_features] = none;
        if (_features == 1)
        {
            values[0] = all - none;
            return values;
        }

        var system = new CoalitionSystem(_features, all - none);
        foreach (var (members, weight) in _features <= MostEnumerated ? Enumerate() : Draw())
        {
            system.Add(members, weight, Value(row, i => members[i]) - none);
        }

        system.Solve(values);
        return values;
    }

    // The mean prediction when some features are the row's and the others a background row's.
    private double Value(ReadOnlySpan<double> row, Func<int, bool> isPresent)
    {
        var count = _background.Length / _features;
        var mixed = (double[])_background.Clone();
        for (var i = 0; i < _features; i++)
        {
            if (isPresent(i))
            {
                for (var at = i; at < mixed.Length; at += _features)
                {
                    mixed[at] = row[i];
                }
            }
        }

        var predictions = new double[count];
        _predict(mixed, count, predictions);
        return predictions.Average();
    }

    private IEnumerable<(bool[] Members, double Weight)> Enumerate()
    {
        for (var set = 1; set < (1 << _features) - 1; set++)
        {
            var members = new bool[_features];
            for (var i = 0; i < _features; i++)
            {
                members[i] = (set >> i & 1) == 1;
            }

            var size = members.Count(member => member);

            // Shapley's kernel: (M - 1) / (C(M, s) s (M - s)).
            yield return (members, (_features - 1) / (Choose(_features, size) * size * (_features - size)));
        }
    }

    // Sizes are drawn by the kernel's mass, so each draw counts the same.
    private IEnumerable<(bool[] Members, double Weight)> Draw()
    {
        var random = new Random(_seed);
        var mass = Enumerable.Range(1, _features - 1).Select(size => 1.0 / (size * (double)(_features - size))).ToArray();
        var total = mass.Sum();
        for (var i = 0; i < _samples; i += 2)
        {
            var left = random.NextDouble() * total;
            var size = 1;
            while (size < _features - 1 && (left -= mass[size - 1]) > 0)
            {
                size++;
            }

            var order = Enumerable.Range(0, _features).ToArray();
            random.Shuffle(order);
            var members = new bool[_features];
            foreach (var feature in order.AsSpan(0, size))
            {
                members[feature] = true;
            }

            yield return (members, 1);
            yield return (Array.ConvertAll(members, member => !member), 1);
        }
    }

    private static double Choose(int n, int k)
    {
        var result = 1.0;
        for (var i = 1; i <= k; i++)
        {
            result *= (n - k + i) / (double)i;
        }

        return result;
    }
}
