using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sagebrush.Learning.Trees;

/// <summary>Trees of depth 6 at most, evaluated for many rows at a time with AVX-512 or AVX2.</summary>
/// <remarks>
/// Each tree is filled up to a complete one and numbered as a heap: the root is 1, the children of node a are 2a and 2a + 1. With
/// AVX-512 the thresholds and features of its first four levels fit one register each, those of the fifth another and those of the
/// sixth two, so that a step of 16 rows looks its nodes up by permutation and reads memory for the rows' values alone. Comparisons
/// and sums are those of <see cref="TreeEnsemble"/>, in the same order.
/// </remarks>
internal sealed partial class ShallowTreeKernel
{
    /// <summary>Rows evaluated at a time.</summary>
    public const int Rows = Lanes * Vectors;

    /// <summary>Fewer rows than this are evaluated faster one by one.</summary>
    public const int FewestRows = 8;

    private const int Lanes = 16;
    private const int Vectors = 4;
    private const int DeepestTree = 6;
    private const int Slots = 1 << DeepestTree;
    private const int MostGroups = 32;

    private readonly float[] _thresholds;
    private readonly int[] _features;
    private readonly float[] _leaves;
    private readonly int[] _depths;
    private readonly int[] _groups;
    private readonly int _featureCount;
    private readonly int _groupCount;

    private ShallowTreeKernel(int[] depths, int[] groups, int featureCount, int groupCount)
    {
        _thresholds = new float[depths.Length * Slots];
        _features = new int[depths.Length * Slots];
        _leaves = new float[depths.Length * Slots];
        _depths = depths;
        _groups = groups;
        _featureCount = featureCount;
        _groupCount = groupCount;
    }

    /// <summary>Whether the processor can do it.</summary>
    public static bool IsSupported => Avx512F.IsSupported || Avx2.IsSupported;

    /// <summary>Lays trees out anew. Their nodes must ask for numbers and their leaves hold one number each.</summary>
    /// <returns>Null when there are none, or one is too deep, or the sums too many.</returns>
    public static ShallowTreeKernel? TryCreate(
        ReadOnlySpan<TreeEnsemble.Node> nodes, ReadOnlySpan<int> roots, int[] groups, int featureCount, int groupCount)
    {
        if (!IsSupported || roots.IsEmpty || featureCount == 0 || groupCount > MostGroups || roots.Length > Array.MaxLength / Slots)
        {
            return null;
        }

        var depths = new int[roots.Length];
        for (var tree = 0; tree < roots.Length; tree++)
        {
            depths[tree] = Depth(nodes, roots[tree], 0);
            if (depths[tree] > DeepestTree)
            {
                return null;
            }
        }

        var kernel = new ShallowTreeKernel(depths, groups, featureCount, groupCount);
        for (var tree = 0; tree < roots.Length; tree++)
        {
            kernel.Fill(nodes, roots[tree], tree, place: 1, level: 0);
        }

        return kernel;
    }

    /// <summary>Adds the trees' values to the rows' sums.</summary>
    /// <param name="rows">The rows' features, one row after the other.</param>
    /// <param name="sums">The sums, those of a row's groups next to each other.</param>
    /// <param name="count">Number of rows, <see cref="Rows"/> at most.</param>
    /// <param name="hasMissing">Whether a value may be missing (NaN).</param>
    public void Add(ReadOnlySpan<float> rows, Span<float> sums, int count, bool hasMissing)
    {
        Span<float> columns = stackalloc float[_groupCount * Rows];
        Span<int> offsets = stackalloc int[Rows];
        for (var row = 0; row < Rows; row++)
        {
            // Where there are fewer rows, the last one is evaluated again and again, to no effect.
            var source = Math.Min(row, count - 1);
            offsets[row] = source * _featureCount;
            for (var group = 0; group < _groupCount; group++)
            {
                columns[(group * Rows) + row] = sums[(source * _groupCount) + group];
            }
        }

        if (hasMissing)
        {
            AddColumns<WithMissing>(rows, columns, offsets, count);
        }
        else
        {
            AddColumns<Complete>(rows, columns, offsets, count);
        }

        for (var row = 0; row < count; row++)
        {
            for (var group = 0; group < _groupCount; group++)
            {
                sums[(row * _groupCount) + group] = columns[(group * Rows) + row];
            }
        }
    }

    private static int Depth(ReadOnlySpan<TreeEnsemble.Node> nodes, int node, int level)
    {
        var left = nodes[node].Left;
        return left == node || level > DeepestTree ? level : Math.Max(Depth(nodes, left, level + 1), Depth(nodes, left + 1, level + 1));
    }

    private void Fill(ReadOnlySpan<TreeEnsemble.Node> nodes, int node, int tree, int place, int level)
    {
        ref readonly var source = ref nodes[node];
        if (level == _depths[tree])
        {
            _leaves[(tree * Slots) + place - (1 << level)] = source.Value;
            return;
        }

        var slot = (tree * Slots) + place;
        _thresholds[slot] = source.Threshold;
        _features[slot] = source.FeatureAndDefault;

        // A leaf above the tree's last level is an inner node both children of which are that leaf.
        var (left, right) = source.Left == node ? (node, node) : (source.Left, source.Left + 1);
        Fill(nodes, left, tree, 2 * place, level + 1);
        Fill(nodes, right, tree, (2 * place) + 1, level + 1);
    }

    private unsafe void AddColumns<TRule>(ReadOnlySpan<float> rows, Span<float> columns, ReadOnlySpan<int> offsets, int count)
        where TRule : struct, IRule
    {
        fixed (float* values = rows, thresholds = _thresholds, leaves = _leaves, into = columns)
        fixed (int* features = _features, places = offsets)
        {
            for (var tree = 0; tree < _depths.Length; tree++)
            {
                var nodes = new Nodes(thresholds + (tree * Slots), features + (tree * Slots), leaves + (tree * Slots), _depths[tree]);
                var column = into + (_groups[tree] * Rows);
                if (!Avx512F.IsSupported)
                {
                    AddHalves<TRule>(nodes, values, places, column, count);
                }
                else if (count > Lanes)
                {
                    AddFour<TRule>(nodes, values, places, column);
                }
                else
                {
                    (Vector512.Load(column) + Walk<TRule>(nodes, values, Vector512.Load(places))).Store(column);
                }
            }
        }
    }

    /// <summary>Four times 16 rows, step by step side by side, which hides the latency of each other's loads.</summary>
    private static unsafe void AddFour<TRule>(in Nodes nodes, float* values, int* places, float* column)
        where TRule : struct, IRule
    {
        var (p, q) = (Vector512.Load(places), Vector512.Load(places + Lanes));
        var (r, s) = (Vector512.Load(places + (2 * Lanes)), Vector512.Load(places + (3 * Lanes)));
        var (a, b, c, d) = (Vector512<int>.One, Vector512<int>.One, Vector512<int>.One, Vector512<int>.One);
        var threshold = Vector512.Load(nodes.Thresholds);
        var feature = Vector512.Load(nodes.Features);
        for (var level = Math.Min(nodes.Depth, 4); level > 0; level--)
        {
            a = Step<TRule>(a, threshold, feature, values, p);
            b = Step<TRule>(b, threshold, feature, values, q);
            c = Step<TRule>(c, threshold, feature, values, r);
            d = Step<TRule>(d, threshold, feature, values, s);
        }

        if (nodes.Depth > 4)
        {
            threshold = Vector512.Load(nodes.Thresholds + Lanes);
            feature = Vector512.Load(nodes.Features + Lanes);
            a = Step<TRule>(a, threshold, feature, values, p);
            b = Step<TRule>(b, threshold, feature, values, q);
            c = Step<TRule>(c, threshold, feature, values, r);
            d = Step<TRule>(d, threshold, feature, values, s);
        }

        if (nodes.Depth > 5)
        {
            a = LastStep<TRule>(a, nodes, values, p);
            b = LastStep<TRule>(b, nodes, values, q);
            c = LastStep<TRule>(c, nodes, values, r);
            d = LastStep<TRule>(d, nodes, values, s);
        }

        var leaves = nodes.FirstLeaf;
        (Vector512.Load(column) + Gather(leaves, a)).Store(column);
        (Vector512.Load(column + Lanes) + Gather(leaves, b)).Store(column + Lanes);
        (Vector512.Load(column + (2 * Lanes)) + Gather(leaves, c)).Store(column + (2 * Lanes));
        (Vector512.Load(column + (3 * Lanes)) + Gather(leaves, d)).Store(column + (3 * Lanes));
    }

    /// <summary>The values of one tree for 16 rows.</summary>
    private static unsafe Vector512<float> Walk<TRule>(in Nodes nodes, float* values, Vector512<int> places)
        where TRule : struct, IRule
    {
        var at = Vector512<int>.One;
        var threshold = Vector512.Load(nodes.Thresholds);
        var feature = Vector512.Load(nodes.Features);
        for (var level = Math.Min(nodes.Depth, 4); level > 0; level--)
        {
            at = Step<TRule>(at, threshold, feature, values, places);
        }

        if (nodes.Depth > 4)
        {
            at = Step<TRule>(at, Vector512.Load(nodes.Thresholds + Lanes), Vector512.Load(nodes.Features + Lanes), values, places);
        }

        if (nodes.Depth > 5)
        {
            at = LastStep<TRule>(at, nodes, values, places);
        }

        return Gather(nodes.FirstLeaf, at);
    }

    /// <summary>A step on one of the first five levels: the places' lowest four bits choose the node.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<int> Step<TRule>(
        Vector512<int> at, Vector512<float> thresholds, Vector512<int> features, float* values, Vector512<int> places)
        where TRule : struct, IRule =>
        Next<TRule>(at, Avx512F.PermuteVar16x32(thresholds, at), Avx512F.PermuteVar16x32(features, at), values, places);

    /// <summary>A step on the sixth level: the places' lowest five bits choose the node.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<int> LastStep<TRule>(Vector512<int> at, in Nodes nodes, float* values, Vector512<int> places)
        where TRule : struct, IRule =>
        Next<TRule>(
            at,
            Avx512F.PermuteVar16x32x2(Vector512.Load(nodes.Thresholds + 32), at, Vector512.Load(nodes.Thresholds + 48)),
            Avx512F.PermuteVar16x32x2(Vector512.Load(nodes.Features + 32), at, Vector512.Load(nodes.Features + 48)),
            values,
            places);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<int> Next<TRule>(
        Vector512<int> at, Vector512<float> threshold, Vector512<int> feature, float* values, Vector512<int> places)
        where TRule : struct, IRule
    {
        var value = Gather(values, places + (feature >>> 1));

        // All bits set, which is -1, where the step goes right.
        return at + at - TRule.GoesRight(value, threshold, feature);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<float> Gather(float* source, Vector512<int> places) => Vector512.Create(
        Avx2.GatherVector256(source, places.GetLower(), sizeof(float)),
        Avx2.GatherVector256(source, places.GetUpper(), sizeof(float)));

    private interface IRule
    {
        static abstract Vector512<int> GoesRight(Vector512<float> value, Vector512<float> threshold, Vector512<int> feature);

        static abstract Vector256<int> GoesRight(Vector256<float> value, Vector256<float> threshold, Vector256<int> feature);
    }

    private readonly struct Complete : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<int> GoesRight(Vector512<float> value, Vector512<float> threshold, Vector512<int> feature) =>
            Vector512.GreaterThanOrEqual(value, threshold).AsInt32();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> GoesRight(Vector256<float> value, Vector256<float> threshold, Vector256<int> feature) =>
            Vector256.GreaterThanOrEqual(value, threshold).AsInt32();
    }

    private readonly struct WithMissing : IRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<int> GoesRight(Vector512<float> value, Vector512<float> threshold, Vector512<int> feature)
        {
            var isThere = Vector512.Equals(value, value).AsInt32();
            var byDefault = -(feature & Vector512<int>.One);
            return Vector512.GreaterThanOrEqual(value, threshold).AsInt32() | Vector512.AndNot(byDefault, isThere);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<int> GoesRight(Vector256<float> value, Vector256<float> threshold, Vector256<int> feature)
        {
            var isThere = Vector256.Equals(value, value).AsInt32();
            var byDefault = -(feature & Vector256<int>.One);
            return Vector256.GreaterThanOrEqual(value, threshold).AsInt32() | Vector256.AndNot(byDefault, isThere);
        }
    }

    /// <summary>One tree's part of the arrays.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly unsafe struct Nodes(float* thresholds, int* features, float* leaves, int depth)
    {
        public readonly float* Thresholds = thresholds;
        public readonly int* Features = features;
        public readonly int Depth = depth;

        /// <summary>Where the leaves would begin if places counted from here.</summary>
        public readonly float* FirstLeaf = leaves - (1 << depth);
    }
}
