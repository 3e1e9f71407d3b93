using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Learning.Features;

/// <summary>Finds pairs of numeric columns whose ratio, difference, sum or product tells what the columns one by one do not.</summary>
/// <remarks>
/// A quick booster is fitted to one half of a sample; what it leaves unexplained on the other half is held against each combination, cut into groups of equal size.
/// A combination counts by how much more of it its groups explain than those of either column. The best are taken one after the other, each from what those before
/// it leave; all together must then make the quick booster better.
/// </remarks>
internal sealed class PairSearch
{
    /// <summary>Rows looked at; more tell little more.</summary>
    public const int MostRows = 12_000;

    private const int MostColumns = 24;
    private const int Shortlist = 80;
    private const int MostPairs = 8;
    private const int Groups = 24;
    private const int Rounds = 120;

    private readonly IReadOnlyList<string> _names;
    private readonly double[][] _columns;
    private readonly float[] _base;
    private readonly int _baseWidth;
    private readonly float[] _labels;
    private readonly bool _isBinary;
    private readonly int _half;
    private readonly long _seed;

    private PairSearch(IReadOnlyList<string> names, double[][] columns, float[] features, int width, float[] labels, bool isBinary, long seed)
    {
        (_names, _columns, _base, _baseWidth, _labels, _isBinary, _seed) = (names, columns, features, width, labels, isBinary, seed);
        _half = labels.Length / 2;
    }

    /// <summary>Searches.</summary>
    /// <param name="source">The training rows, in random order.</param>
    /// <param name="names">The numeric columns.</param>
    /// <param name="features">The features there are already, row-major; the numeric columns come first, in their order.</param>
    /// <param name="width">Their number.</param>
    /// <param name="labels">What is to be predicted: a value, or 0 and 1.</param>
    /// <param name="isBinary">Whether labels are 0 and 1.</param>
    /// <param name="seed">Where random numbers start.</param>
    public static IReadOnlyList<PairStep> Find(FeatureSource source, IReadOnlyList<string> names, float[] features, int width, float[] labels, bool isBinary, long seed)
    {
        var rows = Math.Min(MostRows, labels.Length);
        if (rows < 400 || names.Count < 2)
        {
            return [];
        }

        var columns = names.Select(name => source.Numbers(name)[..rows]).ToArray();
        return new PairSearch(names, columns, features[..(rows * width)], width, labels[..rows], isBinary, seed).Find();
    }

    private List<PairStep> Find()
    {
        var (left, loss, importances) = Boost([]);
        int[] useful = [.. Enumerable.Range(0, _names.Count).OrderByDescending(i => importances.GetValueOrDefault(i)).Take(MostColumns)];
        var alone = useful.ToDictionary(i => i, i => Explained(_columns[i].AsSpan(_half), left));
        var pairs = Combinations(useful).ToArray();
        var gains = new double[pairs.Length];
        Parallel.For(0, pairs.Length, i => gains[i] = Gain(pairs[i], left, alone));
        pairs = [.. pairs.Zip(gains).OrderByDescending(pair => pair.Second).Take(Shortlist).Select(pair => pair.First)];
        List<(int First, int Second, PairOperation Operation)> found = [];
        var threshold = Math.Max(0.003, 4 * Math.Sqrt(2.0 * Groups) / left.Length);
        while (found.Count < MostPairs)
        {
            gains = new double[pairs.Length];
            Parallel.For(0, pairs.Length, i => gains[i] = Gain(pairs[i], left, alone));
            var best = Array.IndexOf(gains, gains.Max());
            if (gains[best] < threshold)
            {
                break;
            }

            found.Add(pairs[best]);
            Subtract(Combine(pairs[best]), left);
            pairs = [.. pairs.Where((_, i) => i != best)];
        }

        if (found.Count == 0)
        {
            return [];
        }

        var (_, withPairs, _) = Boost([.. found.Select(pair => PairStep.Combine(_columns[pair.First], _columns[pair.Second], pair.Operation))]);
        return withPairs < loss * 0.999
            ? [.. found.Select(pair => new PairStep { Column = _names[pair.First], Other = _names[pair.Second], Operation = pair.Operation })]
            : [];
    }

    private IEnumerable<(int First, int Second, PairOperation Operation)> Combinations(int[] columns)
    {
        foreach (var (place, first) in columns.Index())
        {
            foreach (var second in columns[(place + 1)..])
            {
                yield return (first, second, PairOperation.Ratio);
                yield return (first, second, PairOperation.Product);
                var (one, other) = (Spread(_columns[first]), Spread(_columns[second]));
                if (one < other * 20 && other < one * 20)
                {
                    yield return (first, second, PairOperation.Difference);
                    yield return (first, second, PairOperation.Sum);
                }
            }
        }
    }

    private double Gain((int First, int Second, PairOperation Operation) pair, double[] left, Dictionary<int, double> alone) =>
        Explained(Combine(pair), left) - Math.Max(alone[pair.First], alone[pair.Second]);

    private double[] Combine((int First, int Second, PairOperation Operation) pair) =>
        PairStep.Combine(_columns[pair.First][_half..], _columns[pair.Second][_half..], pair.Operation);

    /// <summary>The share of the variance that the means of groups of equal size explain, less what chance alone would.</summary>
    private static double Explained(ReadOnlySpan<double> values, double[] left)
    {
        var (sums, counts) = (new double[Groups + 1], new int[Groups + 1]);
        var total = Group(values, left, sums, counts);
        if (total <= 0)
        {
            return 0;
        }

        var between = 0.0;
        for (var i = 0; i <= Groups; i++)
        {
            between += counts[i] > 0 ? sums[i] * sums[i] / counts[i] : 0;
        }

        return (between / total) - (Groups / (double)left.Length);
    }

    private static void Subtract(double[] values, double[] left)
    {
        var (sums, counts) = (new double[Groups + 1], new int[Groups + 1]);
        Group(values, left, sums, counts);
        var groups = GroupOf(values);
        for (var row = 0; row < left.Length; row++)
        {
            left[row] -= sums[groups[row]] / (counts[groups[row]] + 5.0);
        }
    }

    private static double Group(ReadOnlySpan<double> values, double[] left, double[] sums, int[] counts)
    {
        var groups = GroupOf(values);
        var total = 0.0;
        for (var row = 0; row < left.Length; row++)
        {
            sums[groups[row]] += left[row];
            counts[groups[row]]++;
            total += left[row] * left[row];
        }

        return total;
    }

    // Ranks into groups of equal size; missing values are a group of their own.
    private static int[] GroupOf(ReadOnlySpan<double> values)
    {
        var keys = values.ToArray();
        var order = new int[keys.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
            keys[i] = double.IsNaN(keys[i]) ? double.PositiveInfinity : keys[i];
        }

        Array.Sort(keys, order);
        var groups = new int[keys.Length];
        var group = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            if (double.IsPositiveInfinity(keys[i]))
            {
                group = Groups;
            }
            else if (i == 0 || keys[i] != keys[i - 1])
            {
                group = (int)((long)i * Groups / keys.Length);
            }

            groups[order[i]] = group;
        }

        return groups;
    }

    private static double Spread(double[] values)
    {
        var (count, mean, square) = (0, 0.0, 0.0);
        foreach (var value in values)
        {
            if (!double.IsNaN(value))
            {
                count++;
                mean += value;
                square += value * value;
            }
        }

        return count == 0 ? 0 : Math.Sqrt(Math.Max(0, (square / count) - (mean / count * (mean / count))));
    }

    /// <summary>What a booster of one half leaves on the other, its loss there, and how much it used the numeric columns.</summary>
    private (double[] Left, double Loss, Dictionary<int, double> Importances) Boost(double[][] added)
    {
        var width = _baseWidth + added.Length;
        var values = new float[_labels.Length * width];
        for (var row = 0; row < _labels.Length; row++)
        {
            _base.AsSpan(row * _baseWidth, _baseWidth).CopyTo(values.AsSpan(row * width));
            for (var i = 0; i < added.Length; i++)
            {
                values[(row * width) + _baseWidth + i] = (float)Math.Clamp(added[i][row], -1e37, 1e37);
            }
        }

        using var train = DMatrix.FromDense(values.AsSpan(0, _half * width), _half, width);
        using var valid = DMatrix.FromDense(values.AsSpan(_half * width), _labels.Length - _half, width);
        train.SetLabels(_labels.AsSpan(0, _half));
        valid.SetLabels(_labels.AsSpan(_half));
        var mean = _labels.AsSpan(0, _half).ToArray().Average(label => (double)label);
        using var booster = Booster.Create(
            [
                new("objective", _isBinary ? "binary:logistic" : "reg:squarederror"), new("tree_method", "hist"), new("eta", "0.1"), new("max_depth", "5"),
                new("min_child_weight", "5"), new("subsample", "0.8"), new("colsample_bytree", "0.7"), new("verbosity", "0"),
                new("base_score", (_isBinary ? Math.Clamp(mean, 0.01, 0.99) : mean).ToString("R", System.Globalization.CultureInfo.InvariantCulture)),
                new("seed", _seed.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ],
            train,
            valid);
        for (var round = 0; round < Rounds; round++)
        {
            booster.Update(round, train);
        }

        var predicted = booster.Predict(valid);
        var left = new double[predicted.Length];
        var loss = 0.0;
        for (var row = 0; row < left.Length; row++)
        {
            left[row] = _labels[_half + row] - (double)predicted[row];
            loss += left[row] * left[row];
        }

        return (left, loss, Importances(booster));
    }

    private Dictionary<int, double> Importances(Booster booster)
    {
        var used = new Dictionary<int, double>();
        foreach (var tree in XGBoostModel.Load(booster.Save()).Forest)
        {
            for (var node = 0; node < tree.Features.Length; node++)
            {
                if (tree.LeftChildren[node] >= 0)
                {
                    used[tree.Features[node]] = used.GetValueOrDefault(tree.Features[node]) + 1;
                }
            }
        }

        return Enumerable.Range(0, _names.Count).ToDictionary(i => i, i => used.GetValueOrDefault(i));
    }
}
