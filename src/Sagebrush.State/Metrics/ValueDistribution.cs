using System.Diagnostics;

namespace Sagebrush.State.Metrics;

/// <summary>
/// How values are distributed, in little space: each value and its count while there are few different ones, otherwise
/// the counts of bins whose width grows with the value, so that any quantile is within 1 % of a true one.
/// </summary>
/// <remarks>
/// The bins are those of DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch", PVLDB 12,
/// 2019), made twice as wide when there are too many, as UDDSketch does (Epicoco et al., IEEE Access 8, 2020). Merging
/// gives the same bins in any order. Not thread-safe.
/// </remarks>
public sealed partial class ValueDistribution
{
    /// <summary>Different values up to which all are kept exactly.</summary>
    internal const int MostExact = 64;

    /// <summary>Bins of one sign above which neighbours are joined.</summary>
    internal const int MostBins = 2048;

    private const double Accuracy = 0.01;

    private static readonly double LogGamma = Math.Log((1 + Accuracy) / (1 - Accuracy));

    private List<(double Value, double Count)>? _exact = [];
    private Dictionary<int, double> _positive = [];
    private Dictionary<int, double> _negative = [];
    private double _zeros;
    private int _level;

    /// <summary>Whether every value is still known exactly.</summary>
    public bool IsExact => _exact is not null;

    /// <summary>Adds a value that occurred <paramref name="count"/> times.</summary>
    public void Add(double value, double count = 1)
    {
        Debug.Assert(double.IsFinite(value) && count >= 0, "Values are checked at the door.");
        if (count == 0)
        {
            return;
        }

        if (_exact is not { } exact)
        {
            AddToBin(value, count);
            return;
        }

        var (low, high) = (0, exact.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var found = exact[middle];
            if (found.Value == value)
            {
                exact[middle] = (value, found.Count + count);
                return;
            }

            (low, high) = found.Value < value ? (middle + 1, high) : (low, middle - 1);
        }

        exact.Insert(low, (value, count));
        if (exact.Count > MostExact)
        {
            Bin();
        }
    }

    /// <summary>Adds all that another holds.</summary>
    public void Add(ValueDistribution other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._exact is { } values)
        {
            foreach (var (value, count) in values)
            {
                Add(value, count);
            }

            return;
        }

        if (_exact is not null)
        {
            Bin();
        }

        while (_level < other._level)
        {
            Widen();
        }

        _zeros += other._zeros;
        AddBins(_positive, other._positive, _level - other._level);
        AddBins(_negative, other._negative, _level - other._level);
        Shrink();
    }

    /// <summary>The values and their counts, smallest first; a bin stands for its middle.</summary>
    public IReadOnlyList<(double Value, double Count)> Values()
    {
        if (_exact is not null)
        {
            return _exact;
        }

        var values = new List<(double, double)>(_negative.Count + _positive.Count + 1);
        values.AddRange(_negative.OrderByDescending(bin => bin.Key).Select(bin => (-Middle(bin.Key), bin.Value)));
        if (_zeros > 0)
        {
            values.Add((0, _zeros));
        }

        values.AddRange(_positive.OrderBy(bin => bin.Key).Select(bin => (Middle(bin.Key), bin.Value)));
        return values;
    }

    private static void AddBins(Dictionary<int, double> bins, Dictionary<int, double> others, int levels)
    {
        foreach (var (index, count) in others)
        {
            var wider = index;
            for (var i = 0; i < levels; i++)
            {
                wider = Wider(wider);
            }

            bins[wider] = bins.GetValueOrDefault(wider) + count;
        }
    }

    // Bin i holds (gamma^(i-1), gamma^i]; with gamma squared it is bin ceil(i / 2).
    private static int Wider(int index) => (index + 1) >> 1;

    private void AddToBin(double value, double count)
    {
        if (value == 0)
        {
            _zeros += count;
            return;
        }

        var bins = value > 0 ? _positive : _negative;
        var index = (int)Math.Ceiling(Math.Log(Math.Abs(value)) / (LogGamma * (1 << _level)));
        bins[index] = bins.GetValueOrDefault(index) + count;
        if (bins.Count > MostBins)
        {
            Shrink();
        }
    }

    private void Bin()
    {
        var values = _exact!;
        _exact = null;
        foreach (var (value, count) in values)
        {
            AddToBin(value, count);
        }
    }

    private void Shrink()
    {
        while (_positive.Count > MostBins || _negative.Count > MostBins)
        {
            Widen();
        }
    }

    private void Widen()
    {
        _level++;
        var (positive, negative) = (_positive, _negative);
        (_positive, _negative) = ([], []);
        AddBins(_positive, positive, 1);
        AddBins(_negative, negative, 1);
    }

    // 2 gamma^i / (gamma + 1): equally far, relatively, from both ends of the bin.
    private double Middle(int index)
    {
        var log = LogGamma * (1 << _level);
        return 2 * Math.Exp(log * index) / (Math.Exp(log) + 1);
    }
}
