namespace Sagebrush.Learning.Explain;

/// <summary>
/// The sets of features that Kernel SHAP asks a model about, and the values that follow from the answers (Lundberg &amp; Lee 2017). Few features are
/// enumerated, which is exact; of many, coalitions are drawn together with their complements (Covert &amp; Lee 2021). Immutable.
/// </summary>
public sealed class ShapCoalitions
{
    private const int MostEnumerated = 12;

    private readonly int _features;
    private readonly double[] _weights;

    /// <summary>Chooses coalitions.</summary>
    /// <param name="featureCount">Features; at least 1.</param>
    /// <param name="samples">Coalitions to draw when there are too many to enumerate; null for twice the features and 2048 more.</param>
    /// <param name="seed">Equal seeds give equal coalitions.</param>
    public ShapCoalitions(int featureCount, int? samples = null, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        _features = featureCount;
        var isEnumerated = featureCount <= MostEnumerated && (samples is not { } most || (1 << featureCount) - 2 <= most);
        var chosen = featureCount == 1 ? [] : (isEnumerated ? Enumerate() : Draw(samples ?? ((2 * featureCount) + 2048), seed)).ToList();
        Sets = [new bool[featureCount], [.. Enumerable.Repeat(true, featureCount)], .. chosen.Select(coalition => coalition.Members)];
        _weights = [.. chosen.Select(coalition => coalition.Weight)];
    }

    /// <summary>The sets: nobody, everybody, then the coalitions between; each tells of every feature whether it is in.</summary>
    public IReadOnlyList<bool[]> Sets { get; }

    /// <summary>The SHAP values.</summary>
    /// <param name="worths">The model's mean prediction for each of <see cref="Sets"/>, with the others' values taken from a background.</param>
    /// <returns>One value per feature, then the worth of nobody; all add up to the worth of everybody.</returns>
    /// <exception cref="ArgumentException">There are more or fewer worths than sets.</exception>
    public double[] Solve(ReadOnlySpan<double> worths)
    {
        if (worths.Length != Sets.Count)
        {
            throw new ArgumentException($"There are {Sets.Count} sets and {worths.Length} worths.", nameof(worths));
        }

        var (none, all) = (worths[0], worths[1]);
        var values = new double[_features + 1];
        values[_features] = none;
        if (_features == 1)
        {
            values[0] = all - none;
            return values;
        }

        var system = new CoalitionSystem(_features, all - none);
        for (var i = 0; i < _weights.Length; i++)
        {
            system.Add(Sets[i + 2], _weights[i], worths[i + 2] - none);
        }

        system.Solve(values);
        return values;
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
    private IEnumerable<(bool[] Members, double Weight)> Draw(int samples, int seed)
    {
        var random = new Random(seed);
        var mass = Enumerable.Range(1, _features - 1).Select(size => 1.0 / (size * (double)(_features - size))).ToArray();
        var total = mass.Sum();
        for (var i = 0; i < samples; i += 2)
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
