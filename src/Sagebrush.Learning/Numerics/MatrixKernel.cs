using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sagebrush.Learning.Numerics;

/// <summary>Products of float matrices on one thread.</summary>
/// <remarks>
/// Each element of the result is one chain of fused multiply-adds in the order of the inner index, whatever the width of the
/// processor's vectors: AVX2, narrower vectors and plain code give the same bits.
/// </remarks>
public static class MatrixKernel
{
    private const int TileRows = 4;
    private const int TileColumns = 16;

    /// <summary>C = A·B, or C += A·B.</summary>
    /// <param name="a">A, whose element (i, p) is at <c>i * aRow + p * aStep</c>: with the strides exchanged it is transposed.</param>
    /// <param name="aRow">Distance between rows of A.</param>
    /// <param name="aStep">Distance between columns of A.</param>
    /// <param name="b">B, row after row.</param>
    /// <param name="bRow">Distance between rows of B.</param>
    /// <param name="c">C, row after row.</param>
    /// <param name="cRow">Distance between rows of C.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="columns">Columns of B and C.</param>
    /// <param name="depth">Columns of A, rows of B.</param>
    /// <param name="accumulate">Whether the product is added to what C holds.</param>
    public static void Multiply(
        ReadOnlySpan<float> a,
        int aRow,
        int aStep,
        ReadOnlySpan<float> b,
        int bRow,
        Span<float> c,
        int cRow,
        int rows,
        int columns,
        int depth,
        bool accumulate = false)
    {
        if (rows <= 0 || columns <= 0)
        {
            return;
        }

        if (depth > 0)
        {
            Check(a.Length, (((long)rows - 1) * aRow) + (((long)depth - 1) * aStep));
            Check(b.Length, (((long)depth - 1) * bRow) + columns - 1);
        }

        Check(c.Length, (((long)rows - 1) * cRow) + columns - 1);
        ref var a0 = ref MemoryMarshal.GetReference(a);
        ref var b0 = ref MemoryMarshal.GetReference(b);
        ref var c0 = ref MemoryMarshal.GetReference(c);
        var j = 0;
        for (; j + TileColumns <= columns; j += TileColumns)
        {
            var i = 0;
            for (; i + TileRows <= rows; i += TileRows)
            {
                Tile(ref Unsafe.Add(ref a0, i * aRow), aRow, aStep, ref Unsafe.Add(ref b0, j), bRow, ref Unsafe.Add(ref c0, (i * cRow) + j), cRow, depth, accumulate);
            }

            for (; i < rows; i++)
            {
                Strip(ref Unsafe.Add(ref a0, i * aRow), aStep, ref Unsafe.Add(ref b0, j), bRow, ref Unsafe.Add(ref c0, (i * cRow) + j), depth, accumulate);
            }
        }

        for (; j + Vector256<float>.Count <= columns; j += Vector256<float>.Count)
        {
            var i = 0;
            for (; i + TileRows <= rows; i += TileRows)
            {
                HalfTile(ref Unsafe.Add(ref a0, i * aRow), aRow, aStep, ref Unsafe.Add(ref b0, j), bRow, ref Unsafe.Add(ref c0, (i * cRow) + j), cRow, depth, accumulate);
            }

            for (; i < rows; i++)
            {
                for (var k = j; k < j + Vector256<float>.Count; k++)
                {
                    Single(ref Unsafe.Add(ref a0, i * aRow), aStep, ref Unsafe.Add(ref b0, k), bRow, ref Unsafe.Add(ref c0, (i * cRow) + k), depth, accumulate);
                }
            }
        }

        for (; j < columns; j++)
        {
            for (var i = 0; i < rows; i++)
            {
                Single(ref Unsafe.Add(ref a0, i * aRow), aStep, ref Unsafe.Add(ref b0, j), bRow, ref Unsafe.Add(ref c0, (i * cRow) + j), depth, accumulate);
            }
        }
    }

    private static void Check(int length, long last)
    {
        if (last >= length)
        {
            throw new ArgumentException($"A matrix of {length} elements is read or written at {last}.");
        }
    }

    private static void Tile(ref float a, int aRow, int aStep, ref float b, int bRow, ref float c, int cRow, int depth, bool accumulate)
    {
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        if (accumulate)
        {
            c00 = Vector256.LoadUnsafe(ref c);
            c01 = Vector256.LoadUnsafe(ref c, 8);
            c10 = Vector256.LoadUnsafe(ref Unsafe.Add(ref c, cRow));
            c11 = Vector256.LoadUnsafe(ref Unsafe.Add(ref c, cRow + 8));
            c20 = Vector256.LoadUnsafe(ref Unsafe.Add(ref c, cRow * 2));
            c21 = Vector256.LoadUnsafe(ref Unsafe.Add(ref c, (cRow * 2) + 8));
            c30 = Vector256.LoadUnsafe(ref Unsafe.Add(ref c, cRow * 3));
            c31 = Vector256.LoadUnsafe(ref Unsafe.Add(ref c, (cRow * 3) + 8));
        }

        for (var p = 0; p < depth; p++)
        {
            var b0 = Vector256.LoadUnsafe(ref b);
            var b1 = Vector256.LoadUnsafe(ref b, 8);
            var x = Vector256.Create(a);
            c00 = Vector256.FusedMultiplyAdd(x, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(x, b1, c01);
            x = Vector256.Create(Unsafe.Add(ref a, aRow));
            c10 = Vector256.FusedMultiplyAdd(x, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(x, b1, c11);
            x = Vector256.Create(Unsafe.Add(ref a, aRow * 2));
            c20 = Vector256.FusedMultiplyAdd(x, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(x, b1, c21);
            x = Vector256.Create(Unsafe.Add(ref a, aRow * 3));
            c30 = Vector256.FusedMultiplyAdd(x, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(x, b1, c31);
            a = ref Unsafe.Add(ref a, aStep);
            b = ref Unsafe.Add(ref b, bRow);
        }

        c00.StoreUnsafe(ref c);
        c01.StoreUnsafe(ref c, 8);
        c10.StoreUnsafe(ref Unsafe.Add(ref c, cRow));
        c11.StoreUnsafe(ref Unsafe.Add(ref c, cRow + 8));
        c20.StoreUnsafe(ref Unsafe.Add(ref c, cRow * 2));
        c21.StoreUnsafe(ref Unsafe.Add(ref c, (cRow * 2) + 8));
        c30.StoreUnsafe(ref Unsafe.Add(ref c, cRow * 3));
        c31.StoreUnsafe(ref Unsafe.Add(ref c, (cRow * 3) + 8));
    }

    private static void HalfTile(ref float a, int aRow, int aStep, ref float b, int bRow, ref float c, int cRow, int depth, bool accumulate)
    {
        Vector256<float> c0 = default, c1 = default, c2 = default, c3 = default;
        if (accumulate)
        {
            c0 = Vector256.LoadUnsafe(ref c);
            c1 = Vector256.LoadUnsafe(ref Unsafe.Add(ref c, cRow));
            c2 = Vector256.LoadUnsafe(ref Unsafe.Add(ref c, cRow * 2));
            c3 = Vector256.LoadUnsafe(ref Unsafe.Add(ref c, cRow * 3));
        }

        for (var p = 0; p < depth; p++)
        {
            var right = Vector256.LoadUnsafe(ref b);
            c0 = Vector256.FusedMultiplyAdd(Vector256.Create(a), right, c0);
            c1 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref a, aRow)), right, c1);
            c2 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref a, aRow * 2)), right, c2);
            c3 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref a, aRow * 3)), right, c3);
            a = ref Unsafe.Add(ref a, aStep);
            b = ref Unsafe.Add(ref b, bRow);
        }

        c0.StoreUnsafe(ref c);
        c1.StoreUnsafe(ref Unsafe.Add(ref c, cRow));
        c2.StoreUnsafe(ref Unsafe.Add(ref c, cRow * 2));
        c3.StoreUnsafe(ref Unsafe.Add(ref c, cRow * 3));
    }

    private static void Strip(ref float a, int aStep, ref float b, int bRow, ref float c, int depth, bool accumulate)
    {
        var c0 = accumulate ? Vector256.LoadUnsafe(ref c) : default;
        var c1 = accumulate ? Vector256.LoadUnsafe(ref c, 8) : default;
        for (var p = 0; p < depth; p++)
        {
            var x = Vector256.Create(a);
            c0 = Vector256.FusedMultiplyAdd(x, Vector256.LoadUnsafe(ref b), c0);
            c1 = Vector256.FusedMultiplyAdd(x, Vector256.LoadUnsafe(ref b, 8), c1);
            a = ref Unsafe.Add(ref a, aStep);
            b = ref Unsafe.Add(ref b, bRow);
        }

        c0.StoreUnsafe(ref c);
        c1.StoreUnsafe(ref c, 8);
    }

    private static void Single(ref float a, int aStep, ref float b, int bRow, ref float c, int depth, bool accumulate)
    {
        var sum = accumulate ? c : 0;
        for (var p = 0; p < depth; p++)
        {
            sum = MathF.FusedMultiplyAdd(a, b, sum);
            a = ref Unsafe.Add(ref a, aStep);
            b = ref Unsafe.Add(ref b, bRow);
        }

        c = sum;
    }
}
