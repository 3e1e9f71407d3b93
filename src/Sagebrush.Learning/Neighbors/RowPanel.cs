using System.Numerics.Tensors;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Neighbors;

/// <summary>A few hundred rows, turned so that a product of matrices scores them all: larger is nearer.</summary>
internal sealed class RowPanel
{
    /// <summary>Rows per panel.</summary>
    public const int Width = 256;

    private readonly int[] _ids;
    private readonly float[] _packed;
    private readonly float[] _offsets;
    private readonly int _stride;
    private readonly int _columns;

    public RowPanel(FeatureMatrix rows, int[] ids, float[] shift, bool euclidean)
    {
        _ids = ids;
        _columns = rows.ColumnCount;
        _stride = (ids.Length + 7) / 8 * 8;
        _packed = new float[_columns * _stride];
        _offsets = new float[_stride];
        for (var i = 0; i < ids.Length; i++)
        {
            var row = rows.Row(ids[i]);
            double norm = 0;
            for (var j = 0; j < row.Length; j++)
            {
                var value = row[j] - shift[j];
                _packed[(j * _stride) + i] = value;
                norm += (double)value * value;
            }

            _offsets[i] = euclidean ? (float)(-norm / 2) : 0;
        }
    }

    /// <summary>Offers the panel's rows to several queries, whose features lie one after the other.</summary>
    public void Search(ReadOnlySpan<float> queries, ReadOnlySpan<TopNeighbors> tops, float[] scratch)
    {
        for (var q = 0; q < tops.Length; q++)
        {
            _offsets.CopyTo(scratch.AsSpan(q * _stride));
        }

        MatrixKernel.Multiply(queries, _columns, 1, _packed, _stride, scratch, _stride, tops.Length, _stride, _columns, accumulate: true);
        for (var q = 0; q < tops.Length; q++)
        {
            var scores = scratch.AsSpan(q * _stride, _ids.Length);
            var top = tops[q];
            if (!(TensorPrimitives.Max<float>(scores) > top.Bar))
            {
                continue;
            }

            for (var i = 0; i < scores.Length; i++)
            {
                if (scores[i] > top.Bar)
                {
                    top.Offer(_ids[i], scores[i]);
                }
            }
        }
    }

    /// <summary>Panels of rows in their order.</summary>
    public static RowPanel[] Of(FeatureMatrix rows, int[] ids, float[] shift, bool euclidean) =>
        [.. ids.Chunk(Width).Select(part => new RowPanel(rows, part, shift, euclidean))];
}
