using System.Runtime.CompilerServices;

namespace Sagebrush.Learning.Trees;

/// <summary>An immutable sum of regression trees, laid out for fast evaluation of single rows.</summary>
/// <remarks>
/// All nodes lie in one array; siblings are neighbours, so a step is <c>left + goesRight</c>, and a leaf is its own left
/// child, so walking past it changes nothing. That makes a step free of branches, and <see cref="Lanes"/> trees are walked
/// side by side, which hides the latency of each other's loads. Comparisons and sums are in float32 and in tree order,
/// exactly as libxgboost does them. Thread-safe; predictions allocate nothing.
/// </remarks>
public sealed class TreeEnsemble : IMarginModel
{
    /// <summary>
    /// Trees walked side by side. A row of 100 trees, six deep, took 0.9 µs with eight, 1.2 µs with four and 4.7 µs with a
    /// plain walk of one tree after the other (x64, .NET 10); leaving out bounds checks gained nothing.
    /// </summary>
    private const int Lanes = 8;

    /// <summary>Rows per block in batches: the block's rows and one bundle of trees stay in the first-level cache.</summary>
    private const int BlockRows = 64;

    private readonly Node[] _nodes;
    private readonly int[] _roots;
    private readonly int[] _groups;
    private readonly int[] _bundleDepths;
    private readonly float[] _baseMargins;

    internal TreeEnsemble(
        Node[] nodes, int[] roots, int[] groups, int[] bundleDepths, int treeCount, int featureCount, float[] baseMargins)
    {
        _nodes = nodes;
        _roots = roots;
        _groups = groups;
        _bundleDepths = bundleDepths;
        _baseMargins = baseMargins;
        TreeCount = treeCount;
        FeatureCount = featureCount;
    }

    /// <inheritdoc/>
    public int FeatureCount { get; }

    /// <inheritdoc/>
    public int GroupCount => _baseMargins.Length;

    /// <summary>Number of trees.</summary>
    public int TreeCount { get; }

    /// <summary>Number of nodes of all trees, leaves included.</summary>
    public int NodeCount => _nodes.Length - 1;

    /// <summary>Lays out trees for evaluation.</summary>
    /// <param name="trees">The trees, in the order their values are summed.</param>
    /// <param name="featureCount">Number of features a row has.</param>
    /// <param name="baseMargins">What each group's sum starts from; its length is the number of groups.</param>
    /// <exception cref="ModelFormatException">A tree is not a tree, or names a feature or group that does not exist.</exception>
    public static TreeEnsemble Create(IReadOnlyList<RegressionTree> trees, int featureCount, ReadOnlySpan<float> baseMargins)
    {
        ArgumentNullException.ThrowIfNull(trees);
        ArgumentOutOfRangeException.ThrowIfNegative(featureCount);
        ArgumentOutOfRangeException.ThrowIfZero(baseMargins.Length);
        return TreeLayout.Build(trees, featureCount, baseMargins.ToArray(), Lanes);
    }

    /// <inheritdoc/>
    public void PredictMargin(ReadOnlySpan<float> row, Span<float> margins)
    {
        if (row.Length < FeatureCount)
        {
            throw new ArgumentException($"A row has {row.Length} values, the model needs {FeatureCount}.", nameof(row));
        }

        if (margins.Length < GroupCount)
        {
            throw new ArgumentException($"The margins have room for {margins.Length} values, the model has {GroupCount}.", nameof(margins));
        }

        _baseMargins.CopyTo(margins);
        if (HasMissing(row[..FeatureCount]))
        {
            AddTrees<WithMissing>(row, margins, 0, _bundleDepths.Length);
        }
        else
        {
            AddTrees<Complete>(row, margins, 0, _bundleDepths.Length);
        }
    }

    /// <inheritdoc/>
    public void PredictMargins(ReadOnlySpan<float> rows, Span<float> margins)
    {
        var groups = GroupCount;
        var count = margins.Length / groups;
        if (rows.Length != (long)count * FeatureCount || margins.Length != count * groups)
        {
            throw new ArgumentException(
                $"{rows.Length} values and {margins.Length} margins do not fit rows of {FeatureCount} features and {groups} groups.",
                nameof(rows));
        }

        for (var first = 0; first < count; first += BlockRows)
        {
            var size = Math.Min(BlockRows, count - first);
            var block = rows.Slice(first * FeatureCount, size * FeatureCount);
            var sums = margins.Slice(first * groups, size * groups);
            for (var i = 0; i < size; i++)
            {
                _baseMargins.CopyTo(sums[(i * groups)..]);
            }

            var missing = HasMissing(block);
            for (var bundle = 0; bundle < _bundleDepths.Length; bundle++)
            {
                for (var i = 0; i < size; i++)
                {
                    var row = block.Slice(i * FeatureCount, FeatureCount);
                    if (missing)
                    {
                        AddTrees<WithMissing>(row, sums.Slice(i * groups, groups), bundle, bundle + 1);
                    }
                    else
                    {
                        AddTrees<Complete>(row, sums.Slice(i * groups, groups), bundle, bundle + 1);
                    }
                }
            }
        }
    }

    private static bool HasMissing(ReadOnlySpan<float> values)
    {
        // x == x fails for NaN alone; a sum would too, but infinities of both signs would look like NaN.
        var i = 0;
        for (; i <= values.Length - System.Numerics.Vector<float>.Count; i += System.Numerics.Vector<float>.Count)
        {
            var lane = new System.Numerics.Vector<float>(values[i..]);
            if (!System.Numerics.Vector.EqualsAll(lane, lane))
            {
                return true;
            }
        }

        for (; i < values.Length; i++)
        {
            if (float.IsNaN(values[i]))
            {
                return true;
            }
        }

        return false;
    }

    private void AddTrees<TMissing>(ReadOnlySpan<float> row, Span<float> margins, int firstBundle, int endBundle)
        where TMissing : struct, IMissingRule
    {
        for (var bundle = firstBundle; bundle < endBundle; bundle++)
        {
            var tree = bundle * Lanes;
            if (_bundleDepths[bundle] <= TreeLayout.DeepestBranchFree)
            {
                AddBundle<TMissing>(row, margins, tree, _bundleDepths[bundle]);
            }
            else
            {
                for (var end = tree + Lanes; tree < end; tree++)
                {
                    AddTree<TMissing>(row, margins, tree);
                }
            }
        }
    }

    private void AddBundle<TMissing>(ReadOnlySpan<float> row, Span<float> margins, int tree, int depth)
        where TMissing : struct, IMissingRule
    {
        var nodes = _nodes;
        var roots = _roots.AsSpan(tree, Lanes);
        var (a, b, c, d) = (roots[0], roots[1], roots[2], roots[3]);
        var (e, f, g, h) = (roots[4], roots[5], roots[6], roots[7]);
        for (var step = 0; step < depth; step++)
        {
            a = TMissing.Step(ref nodes[a], row);
            b = TMissing.Step(ref nodes[b], row);
            c = TMissing.Step(ref nodes[c], row);
            d = TMissing.Step(ref nodes[d], row);
            e = TMissing.Step(ref nodes[e], row);
            f = TMissing.Step(ref nodes[f], row);
            g = TMissing.Step(ref nodes[g], row);
            h = TMissing.Step(ref nodes[h], row);
        }

        var groups = _groups.AsSpan(tree, Lanes);
        margins[groups[0]] += nodes[a].Value;
        margins[groups[1]] += nodes[b].Value;
        margins[groups[2]] += nodes[c].Value;
        margins[groups[3]] += nodes[d].Value;
        margins[groups[4]] += nodes[e].Value;
        margins[groups[5]] += nodes[f].Value;
        margins[groups[6]] += nodes[g].Value;
        margins[groups[7]] += nodes[h].Value;
    }

    private void AddTree<TMissing>(ReadOnlySpan<float> row, Span<float> margins, int tree)
        where TMissing : struct, IMissingRule
    {
        var at = _roots[tree];
        while (_nodes[at].Left != at)
        {
            at = TMissing.Step(ref _nodes[at], row);
        }

        margins[_groups[tree]] += _nodes[at].Value;
    }

    /// <summary>One node, 16 bytes. A leaf is its own left child and has a NaN threshold, so nothing ever goes right.</summary>
    internal struct Node
    {
        public float Threshold;
        public int Left;

        /// <summary>Feature index shifted left by one; the lowest bit says that a missing value goes right.</summary>
        public int FeatureAndDefault;

        public float Value;
    }

    private interface IMissingRule
    {
        static abstract int Step(ref Node node, ReadOnlySpan<float> row);
    }

    private readonly struct Complete : IMissingRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Step(ref Node node, ReadOnlySpan<float> row) =>
            node.Left + (row[node.FeatureAndDefault >> 1] >= node.Threshold ? 1 : 0);
    }

    private readonly struct WithMissing : IMissingRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Step(ref Node node, ReadOnlySpan<float> row)
        {
            var x = row[node.FeatureAndDefault >> 1];
            var missing = float.IsNaN(x) ? 1 : 0;
            return node.Left + ((x >= node.Threshold ? 1 : 0) | (missing & node.FeatureAndDefault));
        }
    }
}
