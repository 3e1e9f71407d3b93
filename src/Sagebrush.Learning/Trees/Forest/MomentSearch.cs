using System.Runtime.Intrinsics;
using Sagebrush.Learning.Trees.Binning;

namespace Sagebrush.Learning.Trees.Forest;

/// <summary>The search for regression by squared error, and for two classes by Gini's impurity, which is twice the squared error of their 0 and 1.</summary>
internal sealed class MomentSearch : SplitSearch
{
    private readonly ReadOnlyMemory<float> _targets;
    private readonly double[] _weights;
    private readonly bool _isBinary;

    /// <summary>Per place: weight, weight times target, and 1.</summary>
    private readonly Vector256<double>[] _moments;
    private readonly Vector256<double>[] _bins = new Vector256<double>[256];

    public MomentSearch(BinnedTable table, ReadOnlyMemory<float> targets, double[] weights, ForestOptions options)
        : base(table, options)
    {
        _targets = targets;
        _weights = weights;
        _isBinary = options.ClassCount == 2;
        _moments = new Vector256<double>[table.RowCount];
    }

    public override (double Weight, double Score, bool IsPure) Summarize(int start, int end)
    {
        var targets = _targets.Span;
        var first = targets[Rows[start]];
        var at = start + 1;
        while (at < end && targets[Rows[at]] == first)
        {
            at++;
        }

        var total = Total(start, end);
        return (total[0], Score(total), at == end);
    }

    public override void Predict(int start, int end, Span<float> values)
    {
        var total = Total(start, end);
        var mean = (float)(total[1] / total[0]);
        values[^1] = mean;
        if (_isBinary)
        {
            values[0] = 1 - mean;
        }
    }

    protected override void Place(int place, int row, int times)
    {
        var weight = _weights[row] * times;
        _moments[place] = Vector256.Create(weight, weight * _targets.Span[row], 1, 0);
    }

    protected override void Swap(int a, int b) => (_moments[a], _moments[b]) = (_moments[b], _moments[a]);

    protected override bool TryBins(int feature, int start, int end, int bins, ref NodeSplit best)
    {
        var codes = Table.Columns[feature];
        var sums = _bins;
        sums.AsSpan(0, bins).Clear();
        sums[FeatureBins.Missing] = default;
        var rows = Rows.AsSpan(start, end - start);
        var moments = _moments.AsSpan(start, rows.Length);
        var total = Vector256<double>.Zero;
        for (var i = 0; i < rows.Length; i++)
        {
            ref var sum = ref sums[codes[rows[i]]];
            sum += moments[i];
            total += moments[i];
        }

        var missing = sums[FeatureBins.Missing];
        var left = Vector256<double>.Zero;
        var (previous, groups) = (-1, missing[2] > 0 ? 1 : 0);
        for (var bin = 0; bin < bins; bin++)
        {
            if (sums[bin][2] == 0)
            {
                continue;
            }

            if (previous >= 0)
            {
                Judge(feature, previous, bin, left, total, missing, ref best);
            }

            left += sums[bin];
            previous = bin;
            groups++;
        }

        End(feature, previous, bins, left, total, missing, ref best);
        return groups > 1;
    }

    protected override bool TrySorted(int feature, int start, int end, ReadOnlySpan<ushort> keys, ref NodeSplit best)
    {
        var moments = _moments.AsSpan(start, keys.Length);
        var total = Vector256<double>.Zero;
        var missing = Vector256<double>.Zero;
        foreach (var key in keys)
        {
            var moment = moments[key & 255];
            total += moment;
            missing += key >> 8 == FeatureBins.Missing ? moment : default;
        }

        var left = Vector256<double>.Zero;
        var (previous, groups) = (-1, missing[2] > 0 ? 1 : 0);
        foreach (var key in keys)
        {
            var bin = key >> 8;
            if (bin == FeatureBins.Missing)
            {
                break;
            }

            if (bin != previous)
            {
                if (previous >= 0)
                {
                    Judge(feature, previous, bin, left, total, missing, ref best);
                }

                previous = bin;
                groups++;
            }

            left += moments[key & 255];
        }

        End(feature, previous, Table.Features[feature].Count, left, total, missing, ref best);
        return groups > 1;
    }

    protected override void TryOne(int start, int end, NodeSplit split, ref NodeSplit best)
    {
        var codes = Table.Columns[split.Feature];
        var total = Vector256<double>.Zero;
        var left = Vector256<double>.Zero;
        for (var i = start; i < end; i++)
        {
            total += _moments[i];
            left += GoesLeft(codes[Rows[i]], split) ? _moments[i] : default;
        }

        Offer(split, left, total - left, ref best);
    }

    private static double Score(Vector256<double> sum) => sum[1] * sum[1] / sum[0];

    private Vector256<double> Total(int start, int end)
    {
        var total = Vector256<double>.Zero;
        foreach (var moment in _moments.AsSpan(start, end - start))
        {
            total += moment;
        }

        return total;
    }

    private void Judge(
        int feature, int last, int next, Vector256<double> left, Vector256<double> total, Vector256<double> missing, ref NodeSplit best)
    {
        NodeSplit split = new() { Feature = feature, LastLeft = last, FirstRight = next, Threshold = float.NaN };
        Offer(split, left, total - left, ref best);
        if (missing[2] > 0)
        {
            split.MissingLeft = true;
            Offer(split, left + missing, total - left - missing, ref best);
        }
    }

    // All values to the left, missing ones to the right.
    private void End(
        int feature, int last, int bins, Vector256<double> left, Vector256<double> total, Vector256<double> missing, ref NodeSplit best)
    {
        if (missing[2] > 0 && last >= 0)
        {
            Offer(new() { Feature = feature, LastLeft = last, FirstRight = bins, Threshold = float.NaN }, left, total - left, ref best);
        }
    }

    private void Offer(NodeSplit split, Vector256<double> left, Vector256<double> right, ref NodeSplit best)
    {
        if (left[2] < MinLeafRows || right[2] < MinLeafRows)
        {
            return;
        }

        var score = Score(left) + Score(right);
        if (score > best.Score)
        {
            best = split;
            best.Score = score;
        }
    }
}
