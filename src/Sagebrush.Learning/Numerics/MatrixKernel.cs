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

        Check(c.Length, (((long)rows - 1) * cRow) + columns - 1);
        if (depth <= 0)
        {
            for (var row = 0; row < rows && !accumulate; row++)
            {
                c.Slice(row * cRow, columns).Clear();
            }

            return;
        }

        Check(a.Length, (((long)rows - 1) * aRow) + (((long)depth - 1) * aStep));
        Check(b.Length, (((long)depth - 1) * bRow) + columns - 1);
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

            if (i < rows)
            {
                Edge(a[(i * aRow)..], aRow, aStep, b[j..], bRow, c[((i * cRow) + j)..], cRow, rows - i, Vector256<float>.Count, depth, accumulate);
            }
        }

        if (j < columns)
        {
            for (var i = 0; i < rows; i += TileRows)
            {
                Edge(a[(i * aRow)..], aRow, aStep, b[j..], bRow, c[((i * cRow) + j)..], cRow, Math.Min(TileRows, rows - i), columns - j, depth, accumulate);
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

    // A tile of at most four rows and eight columns at the edge of C: as a whole one whose other elements are thrown away.
    private static void Edge(
        ReadOnlySpan<float> a, int aRow, int aStep, ReadOnlySpan<float> b, int bRow, Span<float> c, int cRow, int rows, int columns, int depth, bool accumulate)
    {
        var width = Vector256<float>.Count;
        Span<float> tile = stackalloc float[TileRows * width];
        tile.Clear();
        if (accumulate)
        {
            for (var i = 0; i < rows; i++)
            {
                c.Slice(i * cRow, columns).CopyTo(tile[(i * width)..]);
            }
        }

        // Rows that are not there are the first one again. As far as whole vectors of B's rows lie within B, they are read; the rest from a copy.
        var whole = b.Length < width ? 0 : Math.Min(depth, ((b.Length - width) / Math.Max(1, bRow)) + 1);
        ref var a0 = ref MemoryMarshal.GetReference(a);
        ref var t = ref MemoryMarshal.GetReference(tile);
        var (a1, a2, a3) = (rows > 1 ? aRow : 0, rows > 2 ? aRow * 2 : 0, rows > 3 ? aRow * 3 : 0);
        var (c0, c1, c2, c3) = (Vector256.LoadUnsafe(ref t), Vector256.LoadUnsafe(ref t, 8), Vector256.LoadUnsafe(ref t, 16), Vector256.LoadUnsafe(ref t, 24));
        Span<float> last = stackalloc float[width];
        last.Clear();
        for (var p = 0; p < depth; p++)
        {
            Vector256<float> right;
            if (p < whole)
            {
                right = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(b), (nuint)(p * bRow));
            }
            else
            {
                b.Slice(p * bRow, columns).CopyTo(last);
                right = Vector256.Create<float>(last);
            }

            c0 = Vector256.FusedMultiplyAdd(Vector256.Create(a0), right, c0);
            c1 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref a0, a1)), right, c1);
            c2 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref a0, a2)), right, c2);
            c3 = Vector256.FusedMultiplyAdd(Vector256.Create(Unsafe.Add(ref a0, a3)), right, c3);
            a0 = ref Unsafe.Add(ref a0, aStep);
        }

        c0.StoreUnsafe(ref t);
        c1.StoreUnsafe(ref t, 8);
        c2.StoreUnsafe(ref t, 16);
        c3.StoreUnsafe(ref t, 24);
        for (var i = 0; i < rows; i++)
        {
            tile.Slice(i * width, columns).CopyTo(c[(i * cRow)..]);
        }
    }
}
