using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sagebrush.Learning.Trees;

/// <content>
/// With AVX2 alone: 8 rows to a register, four registers side by side. The first three levels lie in one register, the fourth in
/// another, the fifth in two and the sixth in four, of which a place's bits choose one.
/// </content>
internal sealed partial class ShallowTreeKernel
{
    private const int HalfLanes = Lanes / 2;

    private static unsafe void AddHalves<TRule>(in Nodes nodes, float* values, int* places, float* column, int count)
        where TRule : struct, IRule
    {
        for (var row = 0; row < count;)
        {
            if (count - row > HalfLanes)
            {
                AddFourHalves<TRule>(nodes, values, places + row, column + row);
                row += 4 * HalfLanes;
            }
            else
            {
                (Vector256.Load(column + row) + WalkHalf<TRule>(nodes, values, Vector256.Load(places + row))).Store(column + row);
                row += HalfLanes;
            }
        }
    }

    private static unsafe void AddFourHalves<TRule>(in Nodes nodes, float* values, int* places, float* column)
        where TRule : struct, IRule
    {
        var (p, q) = (Vector256.Load(places), Vector256.Load(places + HalfLanes));
        var (r, s) = (Vector256.Load(places + (2 * HalfLanes)), Vector256.Load(places + (3 * HalfLanes)));
        var (a, b, c, d) = (Vector256<int>.One, Vector256<int>.One, Vector256<int>.One, Vector256<int>.One);
        for (var level = 1; level <= nodes.Depth; level++)
        {
            a = StepHalf<TRule>(level, a, nodes, values, p);
            b = StepHalf<TRule>(level, b, nodes, values, q);
            c = StepHalf<TRule>(level, c, nodes, values, r);
            d = StepHalf<TRule>(level, d, nodes, values, s);
        }

        var leaves = nodes.FirstLeaf;
        (Vector256.Load(column) + Avx2.GatherVector256(leaves, a, sizeof(float))).Store(column);
        (Vector256.Load(column + HalfLanes) + Avx2.GatherVector256(leaves, b, sizeof(float))).Store(column + HalfLanes);
        (Vector256.Load(column + (2 * HalfLanes)) + Avx2.GatherVector256(leaves, c, sizeof(float))).Store(column + (2 * HalfLanes));
        (Vector256.Load(column + (3 * HalfLanes)) + Avx2.GatherVector256(leaves, d, sizeof(float))).Store(column + (3 * HalfLanes));
    }

    private static unsafe Vector256<float> WalkHalf<TRule>(in Nodes nodes, float* values, Vector256<int> places)
        where TRule : struct, IRule
    {
        var at = Vector256<int>.One;
        for (var level = 1; level <= nodes.Depth; level++)
        {
            at = StepHalf<TRule>(level, at, nodes, values, places);
        }

        return Avx2.GatherVector256(nodes.FirstLeaf, at, sizeof(float));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<int> StepHalf<TRule>(int level, Vector256<int> at, in Nodes nodes, float* values, Vector256<int> places)
        where TRule : struct, IRule
    {
        Vector256<float> threshold;
        Vector256<float> feature;
        var thresholds = nodes.Thresholds;
        var features = (float*)nodes.Features;
        if (level <= 4)
        {
            var first = level <= 3 ? 0 : HalfLanes;
            threshold = Avx2.PermuteVar8x32(Vector256.Load(thresholds + first), at);
            feature = Avx2.PermuteVar8x32(Vector256.Load(features + first), at);
        }
        else if (level == 5)
        {
            threshold = OneOfTwo(thresholds + 16, at);
            feature = OneOfTwo(features + 16, at);
        }
        else
        {
            // The fifth of a place's bits, where a choice by sign looks for it.
            var isUpper = (at << 27).AsSingle();
            threshold = Avx.BlendVariable(OneOfTwo(thresholds + 32, at), OneOfTwo(thresholds + 48, at), isUpper);
            feature = Avx.BlendVariable(OneOfTwo(features + 32, at), OneOfTwo(features + 48, at), isUpper);
        }

        var value = Avx2.GatherVector256(values, places + (feature.AsInt32() >>> 1), sizeof(float));
        return at + at - TRule.GoesRight(value, threshold, feature.AsInt32());
    }

    /// <summary>Elements of sixteen by a place's lowest four bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<float> OneOfTwo(float* elements, Vector256<int> at) => Avx.BlendVariable(
        Avx2.PermuteVar8x32(Vector256.Load(elements), at),
        Avx2.PermuteVar8x32(Vector256.Load(elements + HalfLanes), at),
        (at << 28).AsSingle());
}
