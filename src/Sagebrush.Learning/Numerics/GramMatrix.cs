using System.Numerics.Tensors;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Numerics;

/// <summary>Products of the columns of a matrix X, in floats over a few hundred rows and in doubles beyond; the same for any number of threads.</summary>
internal sealed class GramMatrix
{
    private const int BlockRows = 256;
    private const int ChunkRows = 4096;
    private const int Strip = 16;
    private const long WaveValues = 1L << 25;
    private readonly int _rows;
    private readonly int _columns;
    private readonly Action<int, int, float[]> _fill;
    private readonly int _threads;
    private readonly CancellationToken _cancellationToken;

    /// <summary>Describes a matrix that is made some rows at a time.</summary>
    /// <param name="rows">Rows of X.</param>
    /// <param name="columns">Columns of X.</param>
    /// <param name="fill">Writes rows of X, one after the other: told the first of them, their number, and where to.</param>
    /// <param name="threads">Threads at most; 0 for all processors.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public GramMatrix(int rows, int columns, Action<int, int, float[]> fill, int threads, CancellationToken cancellationToken) =>
        (_rows, _columns, _fill, _threads, _cancellationToken) = (rows, columns, fill, threads, cancellationToken);

    /// <summary>The rows of a table less the means of its columns.</summary>
    public static GramMatrix OfCentered(FeatureMatrix rows, float[] means, int threads, CancellationToken cancellationToken)
    {
        var columns = rows.ColumnCount;
        return new(rows.RowCount, columns, Fill, threads, cancellationToken);

        void Fill(int first, int count, float[] block)
        {
            for (var i = 0; i < count; i++)
            {
                TensorPrimitives.Subtract(rows.Row(first + i), means, block.AsSpan(i * columns, columns));
            }
        }
    }

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

    /// <summary>Of the products of columns with each other and with one more, their last: those with each other, and those with the last.</summary>
    /// <param name="products">XᵀX, as <see cref="Whole"/> gives it.</param>
    /// <param name="size">Columns but for the last.</param>
    /// <param name="factor">What all are multiplied by.</param>
    public static (double[] Own, double[] WithLast) Split(double[] products, int size, double factor)
    {
        var (own, withLast) = (new double[size * size], new double[size]);
        for (var i = 0; i < size; i++)
        {
            for (var j = i; j < size; j++)
            {
                own[(i * size) + j] = own[(j * size) + i] = products[(i * (size + 1)) + j] * factor;
            }

            withLast[i] = products[(i * (size + 1)) + size] * factor;
        }

        return (own, withLast);
    }

    /// <summary>XᵀX, row after row: the elements on and above the diagonal.</summary>
    public double[] Whole() => Sum(_columns * _columns, (block, count, product) =>
    {
        // The upper triangle alone, in strips of columns.
        for (var column = 0; column < _columns; column += Strip)
        {
            var width = Math.Min(Strip, _columns - column);
            MatrixKernel.Multiply(block, 1, _columns, block.AsSpan(column), _columns, product.AsSpan(column), _columns, column + width, width, count);
        }
    });

    /// <summary>XᵀXV for some directions.</summary>
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
        for (var start = 0; start < _rows; start += perWave * ChunkRows)
        {
            var count = Math.Min(_rows - start, perWave * ChunkRows);
            var parts = new double[RowChunks.Count(count, ChunkRows)][];
            var first = start;
            RowChunks.Run(count, ChunkRows, _threads, (chunk, from, to) => parts[chunk] = Part(first + from, first + to, size, multiply), _cancellationToken);
            foreach (var part in parts)
            {
                TensorPrimitives.Add(total, part, total);
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
            _fill(start, count, block);
            multiply(block, count, product);
            for (var i = 0; i < size; i++)
            {
                sum[i] += product[i];
            }
        }

        return sum;
    }
}
