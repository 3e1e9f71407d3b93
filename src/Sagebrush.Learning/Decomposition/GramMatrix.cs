using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Decomposition;

/// <summary>Products of centered rows, in floats over a few hundred rows and in doubles beyond; the same for any number of threads.</summary>
internal sealed class GramMatrix(FeatureMatrix rows, float[] means, int threads, CancellationToken cancellationToken)
{
    private const int BlockRows = 256;
    private const int ChunkRows = 4096;
    private const int Strip = 64;
    private const long WaveValues = 1L << 25;
    private readonly int _columns = rows.ColumnCount;

    /// <summary>Means of the features.</summary>
    public static float[] Means(FeatureMatrix rows)
    {
        var sums = new double[rows.ColumnCount];
        for (var i = 0; i < rows.RowCount; i++)
        {
            var row = rows.Row(i);
            for (var j = 0; j < row.Length; j++)
            {
                sums[j] += row[j];
            }
        }

        return [.. sums.Select(sum => (float)(sum / rows.RowCount))];
    }

    /// <summary>XᵀX of the centered rows.</summary>
    public double[] Whole() => Sum(_columns * _columns, (block, count, product) =>
    {
        // The upper triangle alone, in strips of columns.
        for (var column = 0; column < _columns; column += Strip)
        {
            var width = Math.Min(Strip, _columns - column);
            MatrixKernel.Multiply(block, 1, _columns, block.AsSpan(column), _columns, product.AsSpan(column), _columns, column + width, width, count);
        }
    });

    /// <summary>XᵀXV of the centered rows for some directions.</summary>
    /// <param name="directions">V: a row per feature.</param>
    /// <param name="count">Its columns.</param>
    public double[] Times(float[] directions, int count)
    {
        return Sum(_columns * count, (block, rowCount, product) =>
        {
            var projected = new float[rowCount * count];
            MatrixKernel.Multiply(block, _columns, 1, directions, count, projected, count, rowCount, count, _columns);
            MatrixKernel.Multiply(block, 1, _columns, projected, count, product, count, _columns, count, rowCount);
        });
    }

    private double[] Sum(int size, Action<float[], int, float[]> multiply)
    {
        var total = new double[size];
        var perWave = (int)Math.Clamp(WaveValues / size, 1, 64);
        for (var start = 0; start < rows.RowCount; start += perWave * ChunkRows)
        {
            var count = Math.Min(rows.RowCount - start, perWave * ChunkRows);
            var parts = new double[RowChunks.Count(count, ChunkRows)][];
            var first = start;
            RowChunks.Run(count, ChunkRows, threads, (chunk, from, to) => parts[chunk] = Part(first + from, first + to, size, multiply), cancellationToken);
            foreach (var part in parts)
            {
                System.Numerics.Tensors.TensorPrimitives.Add(total, part, total);
            }
        }

        return total;
    }

    private double[] Part(int from, int to, int size, Action<float[], int, float[]> multiply)
    {
        var sum = new double[size];
        var product = new float[size];
        var block = new float[BlockRows * _columns];
        for (var start = from; start < to; start += BlockRows)
        {
            var count = Math.Min(BlockRows, to - start);
            for (var i = 0; i < count; i++)
            {
                System.Numerics.Tensors.TensorPrimitives.Subtract(rows.Row(start + i), means, block.AsSpan(i * _columns, _columns));
            }

            multiply(block, count, product);
            for (var i = 0; i < size; i++)
            {
                sum[i] += product[i];
            }
        }

        return sum;
    }
}
