using System.Runtime.Intrinsics;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Trees.Binning;

namespace Sagebrush.Learning.Trees.Boosting;

/// <summary>Grows a tree leaf by leaf: the leaf whose split gains most is next (Shi 2007; Ke et al. 2017).</summary>
internal sealed class LeafwiseGrower(BinnedTable table, GradientBoostingOptions options)
{
    /// <summary>Bins of so many rows' worth of features are searched by one thread.</summary>
    private const int FewFeatures = 16;

    private readonly SplitFinder _finder = new(table, options);
    private readonly Stack<LeafHistograms> _spare = [];
    private readonly Vector128<double>[] _ordered = new Vector128<double>[table.RowCount];
    private readonly int[] _right = new int[table.RowCount];

    /// <summary>Grows a tree.</summary>
    /// <param name="rows">The rows to learn from, in ascending order; they are put into the order of the leaves.</param>
    /// <param name="derivatives">Gradient and hessian of every row of the table.</param>
    /// <param name="features">The features to use.</param>
    /// <param name="cancellationToken">Stops.</param>
    public GrownTree Grow(Memory<int> rows, Vector128<double>[] derivatives, int[] features, CancellationToken cancellationToken)
    {
        var tree = new RegressionTreeBuilder();
        var histograms = Rent();
        Order(rows.Span, derivatives);
        histograms.Fill(table, rows, _ordered.AsMemory(0, rows.Length), features, options.Threads);
        var total = Vector128<double>.Zero;
        foreach (var pair in _ordered.AsSpan(0, rows.Length))
        {
            total += pair;
        }

        List<Leaf> leaves = [new(tree.AddLeaf(total[1]), 0, rows.Length, 0, total, options.L2, histograms)];
        Search(leaves[0], features);
        var gains = new double[table.Features.Length];
        while (leaves.Count < options.LeafCount && leaves.MaxBy(leaf => leaf.Split.Gain) is { Split.Feature: >= 0 } best)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var split = best.Split;
            gains[split.Feature] += split.Gain;
            var middle = Partition(rows.Span, best, split);
            Write(tree, best, split, middle);
            var (leftNode, rightNode) = (tree.AddLeaf(split.Left[1]), tree.AddLeaf(split.Right[1]));
            tree.Link(best.Node, leftNode, rightNode);
            var small = Rent();
            var leftIsSmall = middle - best.Start <= best.End - middle;
            var part = leftIsSmall ? rows[best.Start..middle] : rows[middle..best.End];
            if (leaves.Count + 1 < options.LeafCount)
            {
                Order(part.Span, derivatives);
                small.Fill(table, part, _ordered.AsMemory(0, part.Length), features, options.Threads);
                best.Histograms.Subtract(small, table, features);
            }

            var left = new Leaf(leftNode, best.Start, middle, best.Depth + 1, split.Left, split.L2, leftIsSmall ? small : best.Histograms);
            var right = new Leaf(rightNode, middle, best.End, best.Depth + 1, split.Right, split.L2, leftIsSmall ? best.Histograms : small);
            leaves[leaves.IndexOf(best)] = left;
            leaves.Add(right);
            if (leaves.Count < options.LeafCount)
            {
                Search(left, features);
                Search(right, features);
            }
        }

        foreach (var leaf in leaves)
        {
            leaf.Value = _finder.Value(leaf.Total, leaf.L2);
            _spare.Push(leaf.Histograms);
        }

        return new(tree, leaves, gains);
    }

    private LeafHistograms Rent() => _spare.TryPop(out var spare) ? spare : new(table.Features.Length);

    private void Order(ReadOnlySpan<int> rows, Vector128<double>[] derivatives)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            _ordered[i] = derivatives[rows[i]];
        }
    }

    private void Search(Leaf leaf, int[] features)
    {
        leaf.Split = LeafSplit.None;
        var rows = leaf.End - leaf.Start;
        if (rows < 2 * options.MinLeafRows || (options.MaxDepth > 0 && leaf.Depth >= options.MaxDepth))
        {
            return;
        }

        var found = new LeafSplit[features.Length];
        RowChunks.Run(features.Length, 1, features.Length < FewFeatures ? 1 : options.Threads, (i, _, _) => found[i] = _finder.Find(features[i], leaf.Histograms, leaf.Total, rows));
        foreach (var split in found)
        {
            if (split.Feature >= 0 && split.Gain > leaf.Split.Gain)
            {
                leaf.Split = split;
            }
        }
    }

    // Rows keep their order on both sides, so that codes are always read forwards.
    private int Partition(Span<int> rows, Leaf leaf, in LeafSplit split)
    {
        Span<bool> goesLeft = stackalloc bool[LeafHistograms.Stride];
        goesLeft[FeatureBins.Missing] = split.MissingLeft;
        if (split.LeftBins is { } bins)
        {
            foreach (var bin in bins)
            {
                goesLeft[bin] = true;
            }
        }
        else
        {
            goesLeft[..(split.LastLeft + 1)].Fill(true);
        }

        var codes = table.Columns[split.Feature];
        var mine = rows[leaf.Start..leaf.End];
        var (left, right) = (0, 0);
        foreach (var row in mine)
        {
            var isLeft = goesLeft[codes[row]];
            mine[left] = row;
            _right[right] = row;
            left += isLeft ? 1 : 0;
            right += isLeft ? 0 : 1;
        }

        _right.AsSpan(0, right).CopyTo(mine[left..]);
        return leaf.Start + left;
    }

    private void Write(RegressionTreeBuilder tree, Leaf leaf, in LeafSplit split, int middle)
    {
        var bins = table.Features[split.Feature];
        if (split.LeftBins is { } left)
        {
            tree.Split(leaf.Node, split.Feature, Array.ConvertAll(left, bin => bins.Categories[bin]));
            return;
        }

        // Where no row misses the value, a later one that does goes with most.
        var defaultLeft = bins.HasMissing ? split.MissingLeft : middle - leaf.Start >= leaf.End - middle;
        tree.Split(leaf.Node, split.Feature, split.LastLeft < bins.Edges.Length ? bins.Edges[split.LastLeft] : float.PositiveInfinity, defaultLeft);
    }

    /// <summary>A leaf of a tree that grows.</summary>
    internal sealed class Leaf(int node, int start, int end, int depth, Vector128<double> total, double l2, LeafHistograms histograms)
    {
        public int Node => node;

        public int Start => start;

        public int End => end;

        public int Depth => depth;

        public Vector128<double> Total => total;

        public double L2 => l2;

        public LeafHistograms Histograms => histograms;

        public LeafSplit Split { get; set; }

        /// <summary>What the leaf predicts, before the learning rate.</summary>
        public double Value { get; set; }
    }

    /// <summary>A tree whose leaves have no values yet.</summary>
    /// <param name="Tree">The nodes.</param>
    /// <param name="Leaves">The leaves.</param>
    /// <param name="Gains">What the splits by each feature gained.</param>
    internal sealed record GrownTree(RegressionTreeBuilder Tree, IReadOnlyList<Leaf> Leaves, double[] Gains);
}
