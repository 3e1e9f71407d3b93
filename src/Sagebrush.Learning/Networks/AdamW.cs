using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sagebrush.Learning.Networks;

/// <summary>AdamW (Loshchilov and Hutter 2019): steps by a gradient's moving mean over the root of its moving square, with the decay of weights apart from them.</summary>
/// <param name="shape">Where the weights are.</param>
/// <param name="decay">How much of a matrix's weights a step of rate 1 takes away.</param>
internal sealed class AdamW(NetworkShape shape, double decay)
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Least = 1e-8f;
    private const double MostGradient = 5;

    private readonly float[] _first = new float[shape.Count];
    private readonly float[] _second = new float[shape.Count];
    private int _step;

    /// <summary>Goes a step.</summary>
    /// <param name="weights">What is moved.</param>
    /// <param name="gradients">The sum of some rows' gradients; their clipped mean after it.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="rate">How large the step is.</param>
    public void Step(NetworkWeights weights, float[] gradients, int rows, double rate)
    {
        _step++;
        TensorPrimitives.Multiply(gradients, Factor(gradients, rows), gradients);
        var scaled = (float)(rate / (1 - Math.Pow(0.9, _step)));
        var correction = (float)(1 / (1 - Math.Pow(0.999, _step)));
        var at = 0;
        void Part(int end, double lost)
        {
            var length = end - at;
            Step(
                weights.Values.AsSpan(at, length), gradients.AsSpan(at, length), _first.AsSpan(at, length), _second.AsSpan(at, length), scaled, correction, (float)(1 - (rate * lost)));
            at = end;
        }

        foreach (var range in shape.Decayed)
        {
            Part(range.Start.Value, 0);
            Part(range.End.Value, decay);
        }

        Part(shape.Count, 0);
    }

    /// <summary>What makes a mean of a sum of gradients, no longer than allowed: one wild batch must not throw learning back.</summary>
    private static float Factor(ReadOnlySpan<float> gradients, int rows)
    {
        var square = 0.0;
        foreach (var gradient in gradients)
        {
            square += (double)gradient * gradient;
        }

        return (float)(1 / Math.Max(rows, Math.Sqrt(square) / MostGradient));
    }

    /// <param name="values">Some weights.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="first">The running means of the gradients.</param>
    /// <param name="second">The running means of their squares.</param>
    /// <param name="rate">The step over the first bias correction.</param>
    /// <param name="correction">One over the second bias correction.</param>
    /// <param name="kept">What of a weight is kept; 1 without decay.</param>
    private static void Step(Span<float> values, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second, float rate, float correction, float kept)
    {
        ref var v = ref MemoryMarshal.GetReference(values);
        ref var g = ref MemoryMarshal.GetReference(gradients);
        ref var m = ref MemoryMarshal.GetReference(first);
        ref var s = ref MemoryMarshal.GetReference(second);
        var i = 0;
        for (; i <= values.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var gradient = Vector256.LoadUnsafe(ref g, (nuint)i);
            var mean = (Vector256.LoadUnsafe(ref m, (nuint)i) * Beta1) + (gradient * (1 - Beta1));
            var square = (Vector256.LoadUnsafe(ref s, (nuint)i) * Beta2) + (gradient * gradient * (1 - Beta2));
            var step = mean * rate / (Vector256.Sqrt(square * correction) + Vector256.Create(Least));
            mean.StoreUnsafe(ref m, (nuint)i);
            square.StoreUnsafe(ref s, (nuint)i);
            ((Vector256.LoadUnsafe(ref v, (nuint)i) * kept) - step).StoreUnsafe(ref v, (nuint)i);
        }

        for (; i < values.Length; i++)
        {
            first[i] = (first[i] * Beta1) + (gradients[i] * (1 - Beta1));
            second[i] = (second[i] * Beta2) + (gradients[i] * gradients[i] * (1 - Beta2));
            values[i] = (values[i] * kept) - (first[i] * rate / (MathF.Sqrt(second[i] * correction) + Least));
        }
    }
}
