using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Sagebrush.Learning.Networks;

/// <summary>What a network does beside products of matrices: each number of a result comes of the same operations in the same order, however wide vectors are.</summary>
internal static class NetworkKernels
{
    /// <summary>Adds a row to all rows.</summary>
    public static void AddToRows(Span<float> rows, ReadOnlySpan<float> addend)
    {
        for (var at = 0; at < rows.Length; at += addend.Length)
        {
            var row = rows.Slice(at, addend.Length);
            TensorPrimitives.Add(row, addend, row);
        }
    }

    /// <summary>Adds all rows to one.</summary>
    public static void SumRows(ReadOnlySpan<float> rows, Span<float> sum)
    {
        for (var at = 0; at < rows.Length; at += sum.Length)
        {
            TensorPrimitives.Add(sum, rows.Slice(at, sum.Length), sum);
        }
    }

    /// <summary>Sets negative numbers to 0.</summary>
    public static void Rectify(Span<float> values) => TensorPrimitives.Max(values, 0f, values);

    /// <summary>The gradients before a rectification (and a dropout, which multiplied what it kept by <paramref name="factor"/>), from those after it.</summary>
    public static void RectifyBack(ReadOnlySpan<float> values, Span<float> gradients, float factor)
    {
        var i = 0;
        var width = Vector256<float>.Count;
        for (; i <= values.Length - width; i += width)
        {
            var positive = Vector256.GreaterThan(Vector256.Create(values[i..]), Vector256<float>.Zero);
            (positive & (Vector256.Create(gradients[i..]) * factor)).CopyTo(gradients[i..]);
        }

        for (; i < values.Length; i++)
        {
            gradients[i] = values[i] > 0 ? gradients[i] * factor : 0;
        }
    }

    /// <summary>Normalizes the columns of rows (Ioffe and Szegedy, Batch Normalization, 2015).</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="normalized">Receives them, with mean 0 and variance 1.</param>
    /// <param name="mean">Receives the means.</param>
    /// <param name="variance">Receives the variances.</param>
    /// <param name="inverse">Receives what deviations were multiplied by.</param>
    public static void Normalize(ReadOnlySpan<float> rows, Span<float> normalized, Span<float> mean, Span<float> variance, Span<float> inverse)
    {
        var width = mean.Length;
        var share = width / (float)rows.Length;
        mean.Clear();
        SumRows(rows, mean);
        TensorPrimitives.Multiply(mean, share, mean);
        variance.Clear();
        for (var at = 0; at < rows.Length; at += width)
        {
            var row = normalized.Slice(at, width);
            TensorPrimitives.Subtract(rows.Slice(at, width), mean, row);
            TensorPrimitives.MultiplyAdd(row, row, variance, variance);
        }

        TensorPrimitives.Multiply(variance, share, variance);
        Invert(variance, inverse);
        for (var at = 0; at < rows.Length; at += width)
        {
            var row = normalized.Slice(at, width);
            TensorPrimitives.Multiply(row, inverse, row);
        }
    }

    /// <summary>What deviations of a variance are multiplied by to be 1.</summary>
    public static void Invert(ReadOnlySpan<float> variance, Span<float> inverse)
    {
        const float Least = 1e-5f;
        for (var i = 0; i < variance.Length; i++)
        {
            inverse[i] = 1 / MathF.Sqrt(variance[i] + Least);
        }
    }

    /// <summary>Multiplies the columns of rows and adds to them.</summary>
    public static void Scale(ReadOnlySpan<float> rows, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, Span<float> scaled)
    {
        for (var at = 0; at < rows.Length; at += scale.Length)
        {
            TensorPrimitives.MultiplyAdd(rows.Slice(at, scale.Length), scale, shift, scaled.Slice(at, scale.Length));
        }
    }

    /// <summary>The gradients before <see cref="Normalize"/> and <see cref="Scale"/>, in place of those after them.</summary>
    /// <param name="normalized">The normalized rows.</param>
    /// <param name="inverse">What deviations were multiplied by.</param>
    /// <param name="scale">What normalized rows were multiplied by.</param>
    /// <param name="gradients">The gradients.</param>
    /// <param name="scaleGradient">Is added the scale's gradient.</param>
    /// <param name="shiftGradient">Is added the shift's gradient.</param>
    /// <param name="scratch">Three rows to work with.</param>
    public static void NormalizeBack(
        ReadOnlySpan<float> normalized, ReadOnlySpan<float> inverse, ReadOnlySpan<float> scale, Span<float> gradients, Span<float> scaleGradient, Span<float> shiftGradient, Span<float> scratch)
    {
        var width = inverse.Length;
        var sum = scratch[..width];
        var product = scratch.Slice(width, width);
        var factor = scratch.Slice(width * 2, width);
        sum.Clear();
        product.Clear();
        SumRows(gradients, sum);
        for (var at = 0; at < gradients.Length; at += width)
        {
            TensorPrimitives.MultiplyAdd(gradients.Slice(at, width), normalized.Slice(at, width), product, product);
        }

        TensorPrimitives.Add(shiftGradient, sum, shiftGradient);
        TensorPrimitives.Add(scaleGradient, product, scaleGradient);
        TensorPrimitives.Multiply(inverse, scale, factor);
        var share = -width / (float)gradients.Length;
        TensorPrimitives.Multiply(sum, share, sum);
        TensorPrimitives.Multiply(product, share, product);
        for (var at = 0; at < gradients.Length; at += width)
        {
            var row = gradients.Slice(at, width);
            TensorPrimitives.Add(row, sum, row);
            TensorPrimitives.MultiplyAdd(normalized.Slice(at, width), product, row, row);
            TensorPrimitives.Multiply(row, factor, row);
        }
    }

    /// <summary>The columns of a matrix as rows.</summary>
    public static void Transpose(ReadOnlySpan<float> matrix, int rows, int columns, Span<float> transposed)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                transposed[(column * rows) + row] = matrix[(row * columns) + column];
            }
        }
    }
}
