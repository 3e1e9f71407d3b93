using System.Numerics.Tensors;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Clustering;

/// <summary>One step of Lloyd's algorithm (1982): every row to its nearest center, every center to the mean of its rows.</summary>
internal sealed class LloydStep
{
    private const int ChunkRows = 2048;
    private const int ChunksPerWave = 32;
    private readonly int _count;
    private readonly int _columns;
    private readonly int _threads;

    public LloydStep(int count, int columns, int threads)
    {
        _count = count;
        _columns = columns;
        _threads = threads;
        Sums = new double[checked(count * columns)];
        Weights = new double[count];
    }

    /// <summary>Weighted sums of the rows of each center.</summary>
    public double[] Sums { get; }

    /// <summary>Weight of the rows of each center.</summary>
    public double[] Weights { get; }

    /// <summary>Sum of the weighted squared distances.</summary>
    public double Loss { get; private set; }

    /// <summary>Row farthest from its center, and how far, squared.</summary>
    public (int Row, float Distance) Farthest { get; private set; }

    /// <summary>Assigns rows to centers and sums them, the same for any number of threads.</summary>
    public void Assign(float[] centers, FeatureMatrix rows, double[]? weights, CancellationToken cancellationToken)
    {
        Array.Clear(Sums);
        Array.Clear(Weights);
        Loss = 0;
        Farthest = (0, -1);
        var index = new CenterIndex(centers, _columns);
        var chunks = RowChunks.Count(rows.RowCount, ChunkRows);
        for (var first = 0; first < chunks; first += ChunksPerWave)
        {
            var start = first * ChunkRows;
            var count = Math.Min(rows.RowCount - start, ChunksPerWave * ChunkRows);
            var parts = new Part[RowChunks.Count(count, ChunkRows)];
            RowChunks.Run(
                count,
                ChunkRows,
                _threads,
                (chunk, from, to) => parts[chunk] = Sum(index, rows.Rows(start + from, to - from), weights.AsSpan(weights is null ? 0 : start + from), start + from),
                cancellationToken);
            foreach (var part in parts)
            {
                for (var i = 0; i < Sums.Length; i++)
                {
                    Sums[i] += part.Sums[i];
                }

                TensorPrimitives.Add(Weights, part.Weights, Weights);
                Loss += part.Loss;
                Farthest = part.Farthest.Distance > Farthest.Distance ? part.Farthest : Farthest;
            }
        }
    }

    /// <summary>The means; a center without rows takes the row farthest from its own.</summary>
    public float[] Means(float[] centers, FeatureMatrix rows)
    {
        var means = (float[])centers.Clone();
        var free = Farthest;
        for (var k = 0; k < _count; k++)
        {
            if (Weights[k] > 0)
            {
                for (var j = 0; j < _columns; j++)
                {
                    means[(k * _columns) + j] = (float)(Sums[(k * _columns) + j] / Weights[k]);
                }
            }
            else if (free.Distance > 0)
            {
                rows.Row(free.Row).CopyTo(means.AsSpan(k * _columns));
                free = (0, -1);
            }
        }

        return means;
    }

    private Part Sum(CenterIndex index, FeatureMatrix rows, ReadOnlySpan<double> weights, int firstRow)
    {
        var nearest = new int[rows.RowCount];
        var distances = new float[rows.RowCount];
        index.Find(rows, nearest, distances);
        var part = new Part(new float[_count * _columns], new double[_count], 0, (0, -1));
        for (var i = 0; i < nearest.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            var sum = part.Sums.AsSpan(nearest[i] * _columns, _columns);
            if (weights.IsEmpty)
            {
                TensorPrimitives.Add(sum, rows.Row(i), sum);
            }
            else
            {
                TensorPrimitives.MultiplyAdd(rows.Row(i), (float)weight, sum, sum);
            }

            part.Weights[nearest[i]] += weight;
            part.Loss += weight * distances[i];
            part.Farthest = distances[i] > part.Farthest.Distance ? (firstRow + i, distances[i]) : part.Farthest;
        }

        return part;
    }

    private record struct Part(float[] Sums, double[] Weights, double Loss, (int Row, float Distance) Farthest);
}
