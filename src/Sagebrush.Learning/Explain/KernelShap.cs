namespace Sagebrush.Learning.Explain;

/// <summary>
/// SHAP values of any model by weighted least squares over coalitions of features (Lundberg &amp; Lee 2017). Few features are enumerated, which
/// is exact; of many, coalitions are drawn together with their complements (Covert &amp; Lee 2021).
/// </summary>
public sealed class KernelShap
{
    private const int MostEnumerated = 12;

    /// <summary>Rows predicted at once.</summary>
    private const int MostRows = 4096;

    private readonly Action<double[], int, double[]> _predict;
    private readonly double[] _background;
    private readonly int _features;
    private readonly int _samples;
    private readonly int _seed;
    private readonly bool _isEnumerated;

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
        _isEnumerated = featureCount <= MostEnumerated && (samples is not { } most || (1 << featureCount) - 2 <= most);
    }

    /// <summary>Explains a row.</summary>
    /// <param name="row">Its values.</param>
    /// <returns>One value per feature, then the mean prediction over the background; all add up to the row's prediction.</returns>
    public double[] Explain(ReadOnlySpan<double> row)
    {
        var coalitions = _features == 1 ? [] : (_isEnumerated ? Enumerate() : Draw()).ToList();
        bool[][] sets = [new bool[_features], [.. Enumerable.Repeat(true, _features)], .. coalitions.Select(coalition => coalition.Members)];
        var worths = Worths(row, sets);
        var (none, all) = (worths[0], worths[1]);
        var values = new double[_features + 1];
        values[_features] = none;
        if (_features == 1)
        {
            values[0] = all - none;
            return values;
        }

        var system = new CoalitionSystem(_features, all - none);
        for (var i = 0; i < coalitions.Count; i++)
        {
            system.Add(coalitions[i].Members, coalitions[i].Weight, worths[i + 2] - none);
        }

        system.Solve(values);
        return values;
    }

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
