using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Trees.Binning;

namespace Sagebrush.Learning.Trees.Forest;

/// <summary>The rows of a tree in the order of its nodes, and the search for a node's best split.</summary>
internal abstract class SplitSearch(BinnedTable table, ForestOptions options)
{
    /// <summary>Rows of a node at most for which they are sorted instead of counted into bins.</summary>
    private const int SortedRows = 48;

    private readonly ushort[] _keys = new ushort[SortedRows];

    protected BinnedTable Table { get; } = table;

    protected int MinLeafRows { get; } = Math.Max(1, options.MinLeafRows);

    /// <summary>The rows, each node's next to each other.</summary>
    protected int[] Rows { get; } = new int[table.RowCount];

    /// <summary>Takes the rows of a tree.</summary>
    /// <param name="multiplicities">How often each row was drawn; empty for once.</param>
    /// <returns>How many different ones there are.</returns>
    public int Begin(ReadOnlySpan<int> multiplicities)
    {
        var count = 0;
        for (var row = 0; row < Rows.Length; row++)
        {
            var times = multiplicities.IsEmpty ? 1 : multiplicities[row];
            if (times > 0)
            {
                Rows[count] = row;
                Place(count++, row, times);
            }
        }

        return count;
    }

    /// <summary>Sums up a node.</summary>
    /// <returns>Its weight, its score when it is not split, and whether all its rows are alike.</returns>
    public abstract (double Weight, double Score, bool IsPure) Summarize(int start, int end);

    /// <summary>Tries all thresholds of a feature.</summary>
    /// <returns>Whether the feature differs among the node's rows.</returns>
    public bool TryAll(int feature, int start, int end, ref NodeSplit best)
    {
        var bins = Table.Features[feature].Count;
        var count = end - start;
        return count <= SortedRows && count * 4 < bins
            ? TrySorted(feature, start, end, Sort(feature, start, end), ref best)
            : TryBins(feature, start, end, bins, ref best);
    }

    /// <summary>Tries one threshold of a feature, drawn between its least and its greatest value in the node.</summary>
    /// <returns>Whether the feature differs among the node's rows.</returns>
    public bool TryRandom(int feature, int start, int end, RandomStream random, ref NodeSplit best)
    {
        var codes = Table.Columns[feature];
        var (low, high, missing) = (255, -1, false);
        foreach (var row in Rows.AsSpan(start, end - start))
        {
            int code = codes[row];
            if (code == FeatureBins.Missing)
            {
                missing = true;
                continue;
            }

            low = Math.Min(low, code);
            high = Math.Max(high, code);
        }

        if (low >= high)
        {
            if (!missing || high < 0)
            {
                return false;
            }

            TryOne(start, end, new() { Feature = feature, LastLeft = high, FirstRight = Table.Features[feature].Count, Threshold = float.PositiveInfinity }, ref best);
            return true;
        }

        var bins = Table.Features[feature];
        var (from, to) = ((double)bins.Lowest[low], (double)bins.Highest[high]);
        var threshold = (float)(from + (random.NextDouble() * (to - from)));
        if (!(threshold > from && threshold <= to))
        {
            threshold = bins.Highest[high];
        }

        // A threshold within a bin would cut through its rows, which codes cannot tell apart: it moves to the bin's end.
        int bin = bins.Code(threshold);
        var left = Math.Clamp(threshold > bins.Lowest[bin] ? bin : bin - 1, low, high - 1);
        threshold = Math.Clamp(threshold, MathF.BitIncrement(bins.Highest[left]), bins.Lowest[left + 1]);
        TryOne(start, end, new() { Feature = feature, LastLeft = left, FirstRight = left + 1, MissingLeft = missing && random.Next(2) == 0, Threshold = threshold }, ref best);
        return true;
    }

    /// <summary>Divides a node's rows.</summary>
    /// <returns>Where those of the right side begin.</returns>
    public int Partition(int start, int end, in NodeSplit split)
    {
        var codes = Table.Columns[split.Feature];
        while (start < end)
        {
            if (GoesLeft(codes[Rows[start]], split))
            {
                start++;
            }
            else
            {
                end--;
                (Rows[start], Rows[end]) = (Rows[end], Rows[start]);
                Swap(start, end);
            }
        }

        return start;
    }

    /// <summary>Writes what a leaf predicts.</summary>
    public abstract void Predict(int start, int end, Span<float> values);

    protected static bool GoesLeft(byte code, in NodeSplit split) =>
        code == FeatureBins.Missing ? split.MissingLeft : code <= split.LastLeft;

    /// <summary>Sets what belongs to a place among <see cref="Rows"/>.</summary>
    protected abstract void Place(int place, int row, int times);

    protected abstract void Swap(int a, int b);

    protected abstract bool TryBins(int feature, int start, int end, int bins, ref NodeSplit best);

    protected abstract bool TrySorted(int feature, int start, int end, ReadOnlySpan<ushort> keys, ref NodeSplit best);

    protected abstract void TryOne(int start, int end, NodeSplit split, ref NodeSplit best);

    // The bin above, the place within the node below; missing values come last.
    private ReadOnlySpan<ushort> Sort(int feature, int start, int end)
    {
        var codes = Table.Columns[feature];
        var keys = _keys.AsSpan(0, end - start);
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (ushort)((codes[Rows[start + i]] << 8) | i);
        }

        keys.Sort();
        return keys;
    }
}
