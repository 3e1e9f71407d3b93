using System.Numerics.Tensors;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Clustering;

/// <summary>Finds the nearest of some centers by products of matrices: nearest is where x·c - |c|²/2 is largest.</summary>
/// <remarks>Everything is moved by the centers' mean first, so that data far from 0 lose no digits.</remarks>
internal sealed class CenterIndex
{
    /// <summary>Rows looked at together.</summary>
    public const int Block = 128;

    private readonly float[] _centers;
    private readonly float[] _shift;
    private readonly float[] _packed;
    private readonly float[] _halfNorms;
    private readonly int _columns;
    private readonly int _stride;

    public CenterIndex(float[] centers, int columns)
    {
        _centers = centers;
        _columns = columns;
        Count = centers.Length / columns;
        _stride = (Count + 15) / 16 * 16;
        _shift = new float[columns];
        _packed = new float[checked(columns * _stride)];
        _halfNorms = new float[_stride];
        for (var j = 0; j < columns; j++)
        {
            double sum = 0;
            for (var k = 0; k < Count; k++)
            {
                sum += centers[(k * columns) + j];
            }

            _shift[j] = (float)(sum / Count);
        }

        // The places that fill up the stride never win.
        Array.Fill(_halfNorms, float.NegativeInfinity);
        for (var k = 0; k < Count; k++)
        {
            double norm = 0;
            for (var j = 0; j < columns; j++)
            {
                var value = centers[(k * columns) + j] - _shift[j];
                _packed[(j * _stride) + k] = value;
                norm += (double)value * value;
            }

            _halfNorms[k] = (float)(-norm / 2);
        }
    }

    public int Count { get; }

    /// <summary>Finds the nearest center of each row, and the squared distance to it.</summary>
    public void Find(FeatureMatrix rows, Span<int> nearest, Span<float> distances)
    {
        var moved = new float[Block * _columns];
        var scores = new float[Block * _stride];
        for (var start = 0; start < rows.RowCount; start += Block)
        {
            var count = Math.Min(Block, rows.RowCount - start);
            for (var i = 0; i < count; i++)
            {
                TensorPrimitives.Subtract(rows.Row(start + i), _shift, moved.AsSpan(i * _columns, _columns));
                _halfNorms.CopyTo(scores.AsSpan(i * _stride));
            }

            MatrixKernel.Multiply(moved, _columns, 1, _packed, _stride, scores, _stride, count, _stride, _columns, accumulate: true);
            for (var i = 0; i < count; i++)
            {
                // Rows that overflow give NaN everywhere; they belong to the first center.
                var best = TensorPrimitives.IndexOfMax(scores.AsSpan(i * _stride, Count));
                nearest[start + i] = best;
                distances[start + i] = SquaredDistance(rows.Row(start + i), _centers.AsSpan(best * _columns, _columns));
            }
        }
    }

    public static float SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var distance = TensorPrimitives.Distance(a, b);
        return distance * distance;
    }
}
