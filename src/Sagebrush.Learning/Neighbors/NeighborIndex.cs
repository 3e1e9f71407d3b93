using System.Numerics.Tensors;
using Sagebrush.Learning.Clustering;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Neighbors;

/// <summary>Finds the nearest of many rows: exactly, or faster in the lists of an inverted file.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class NeighborIndex
{
    private const int QueryBlock = 32;
    private const int RowsPerListCenter = 128;
    private readonly NeighborIndexOptions _options;
    private readonly FeatureMatrix _rows;
    private readonly float[] _shift;
    private readonly KMeansModel? _lists;
    private readonly RowPanel[][] _panels = [];
    private readonly int[][] _members = [];
    private readonly byte[][] _codes = [];
    private readonly ProductQuantizer? _quantizer;

    /// <summary>Builds an index of rows.</summary>
    /// <exception cref="ArgumentException">There are no rows, or product quantization is asked for another metric than the Euclidean.</exception>
    public NeighborIndex(FeatureMatrix rows, NeighborIndexOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (rows.RowCount == 0)
        {
            throw new ArgumentException("There are no rows to find.", nameof(rows));
        }

        if (options.Kind == NeighborIndexKind.ProductQuantized && options.Metric != NeighborMetric.Euclidean)
        {
            throw new ArgumentException("Product quantization is for the Euclidean metric alone.", nameof(options));
        }

        _options = options;
        _rows = options.Metric == NeighborMetric.Cosine ? Normalized(rows) : rows;
        var isEuclidean = options.Metric == NeighborMetric.Euclidean;

        // Distances do not change when all rows move together, and lose fewer digits near 0.
        _shift = isEuclidean ? Means(_rows) : new float[rows.ColumnCount];
        if (options.Kind == NeighborIndexKind.Flat)
        {
            _panels = [RowPanel.Of(_rows, [.. Enumerable.Range(0, rows.RowCount)], _shift, isEuclidean)];
            return;
        }

        var count = Math.Clamp(options.ListCount ?? (int)Math.Sqrt(rows.RowCount), 1, rows.RowCount);
        var step = Math.Max(1, rows.RowCount / (count * RowsPerListCenter));
        var sample = _rows.Take([.. Enumerable.Range(0, (rows.RowCount + step - 1) / step).Select(i => i * step)]);
        _lists = new KMeans(new() { ClusterCount = Math.Min(count, sample.RowCount), ExtraCenterFactor = 1, Threads = options.Threads, Seed = options.Seed })
            .Fit(sample, cancellationToken: cancellationToken);
        var nearest = new int[rows.RowCount];
        RowChunks.Run(
            rows.RowCount, 4096, options.Threads, (_, from, to) => _lists.Predict(_rows.Rows(from, to - from), nearest.AsSpan(from..to), new float[to - from]), cancellationToken);
        _members = [.. Enumerable.Range(0, _lists.ClusterCount).Select(_ => Array.Empty<int>())];
        foreach (var list in Enumerable.Range(0, rows.RowCount).GroupBy(row => nearest[row]))
        {
            _members[list.Key] = [.. list];
        }

        if (options.Kind == NeighborIndexKind.InvertedFile)
        {
            _panels = [.. _members.Select(ids => RowPanel.Of(_rows, ids, _shift, isEuclidean))];
            return;
        }

        var residuals = Residuals(nearest);
        _quantizer = ProductQuantizer.Learn(residuals, options, cancellationToken);
        _codes = [.. _members.Select(ids => _quantizer.Encode(residuals.Take(ids)))];
    }

    /// <summary>Number of features.</summary>
    public int FeatureCount => _rows.ColumnCount;

    /// <summary>Number of rows.</summary>
    public int RowCount => _rows.RowCount;

    /// <summary>Finds the nearest rows of queries.</summary>
    /// <param name="queries">The queries.</param>
    /// <param name="count">How many neighbors of each.</param>
    /// <param name="neighbors">Receives <paramref name="count"/> row numbers per query, nearest first; -1 where the lists looked into have fewer.</param>
    /// <param name="distances">Receives squared Euclidean distances, inner products negated, or 1 less the cosine; infinity where there is no row.</param>
    public void Search(FeatureMatrix queries, int count, Memory<int> neighbors, Memory<float> distances)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(queries.ColumnCount, FeatureCount, nameof(queries));
        var own = _options.Metric == NeighborMetric.Cosine ? Normalized(queries) : queries;
        RowChunks.Run(queries.RowCount, QueryBlock, _options.Threads, (_, from, to) =>
        {
            var tops = Enumerable.Range(0, to - from).Select(_ => new TopNeighbors(count)).ToArray();
            Search(own.Rows(from, to - from), tops);
            for (var q = from; q < to; q++)
            {
                Write(own.Row(q), tops[q - from], neighbors.Span.Slice(q * count, count), distances.Span.Slice(q * count, count));
            }
        });
    }

    private void Search(FeatureMatrix queries, TopNeighbors[] tops)
    {
        var moved = new float[queries.RowCount * FeatureCount];
        for (var q = 0; q < queries.RowCount; q++)
        {
            TensorPrimitives.Subtract(queries.Row(q), _shift, moved.AsSpan(q * FeatureCount, FeatureCount));
        }

        var scratch = new float[QueryBlock * RowPanel.Width];
        if (_lists is null)
        {
            foreach (var panel in _panels[0])
            {
                panel.Search(moved, tops, scratch);
            }

            return;
        }

        var table = _quantizer?.NewTable() ?? [];
        for (var q = 0; q < queries.RowCount; q++)
        {
            foreach (var list in NearestLists(queries.Row(q)))
            {
                if (_quantizer is null)
                {
                    foreach (var panel in _panels[list])
                    {
                        panel.Search(moved.AsSpan(q * FeatureCount, FeatureCount), tops.AsSpan(q, 1), scratch);
                    }
                }
                else
                {
                    SearchCodes(queries.Row(q), list, tops[q], table);
                }
            }
        }
    }

    private void SearchCodes(ReadOnlySpan<float> query, int list, TopNeighbors top, float[] table)
    {
        var residual = new float[FeatureCount];
        TensorPrimitives.Subtract(query, _lists!.Centers.Slice(list * FeatureCount, FeatureCount), residual);
        _quantizer!.Table(residual, table);
        var codes = _codes[list];
        for (var i = 0; i < _members[list].Length; i++)
        {
            top.Offer(_members[list][i], -ProductQuantizer.Distance(codes.AsSpan(i * _quantizer.CodeBytes, _quantizer.CodeBytes), table));
        }
    }

    private ReadOnlySpan<int> NearestLists(ReadOnlySpan<float> query)
    {
        var probes = Math.Clamp(_options.ProbeCount ?? Math.Max(5, _lists!.ClusterCount / 10), 1, _lists!.ClusterCount);
        var top = new TopNeighbors(probes);
        for (var list = 0; list < _lists.ClusterCount; list++)
        {
            var center = _lists.Centers.Slice(list * FeatureCount, FeatureCount);
            top.Offer(list, _options.Metric == NeighborMetric.InnerProduct ? TensorPrimitives.Dot(query, center) : -CenterIndex.SquaredDistance(query, center));
        }

        return top.Rows;
    }

    private void Write(ReadOnlySpan<float> query, TopNeighbors top, Span<int> neighbors, Span<float> distances)
    {
        neighbors.Fill(-1);
        distances.Fill(float.PositiveInfinity);
        top.Rows.CopyTo(neighbors);
        for (var i = 0; i < top.Count; i++)
        {
            // Exact rows are measured once more without the rounding of large norms.
            distances[i] = _options.Metric switch
            {
                NeighborMetric.Euclidean when _quantizer is null => CenterIndex.SquaredDistance(query, _rows.Row(neighbors[i])),
                NeighborMetric.Cosine => 1 - top.Scores[i],
                _ => -top.Scores[i],
            };
        }
    }

    private FeatureMatrix Residuals(int[] nearest)
    {
        var values = new float[_rows.RowCount * FeatureCount];
        for (var i = 0; i < _rows.RowCount; i++)
        {
            TensorPrimitives.Subtract(_rows.Row(i), _lists!.Centers.Slice(nearest[i] * FeatureCount, FeatureCount), values.AsSpan(i * FeatureCount, FeatureCount));
        }

        return new(values, _rows.RowCount, FeatureCount);
    }

    private static float[] Means(FeatureMatrix rows) => GramMatrix.Means(rows);

    private static FeatureMatrix Normalized(FeatureMatrix rows)
    {
        var values = rows.Values.ToArray();
        for (var i = 0; i < rows.RowCount; i++)
        {
            var row = values.AsSpan(i * rows.ColumnCount, rows.ColumnCount);
            var norm = TensorPrimitives.Norm<float>(row);
            TensorPrimitives.Multiply(row, norm > 0 ? 1 / norm : 0, row);
        }

        return new(values, rows.RowCount, rows.ColumnCount);
    }
}
