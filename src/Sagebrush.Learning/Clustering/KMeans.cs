using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Clustering;

/// <summary>
/// Learns clusters as SageMaker does: a stream of mini-batches moves more centers than are asked for (Sculley, "Web-scale k-means
/// clustering", 2010), these are reduced by weighted k-means++ and Lloyd's algorithm, and a few passes over all rows refine the result.
/// </summary>
public sealed class KMeans
{
    private readonly KMeansOptions _options;

    /// <summary>Creates a learner.</summary>
    public KMeans(KMeansOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ClusterCount, 1, nameof(options));
        _options = options;
    }

    /// <summary>Learns.</summary>
    /// <param name="rows">The rows; all values must be finite.</param>
    /// <param name="progress">Told the mean squared distance after each pass of the stream.</param>
    /// <param name="cancellationToken">Ends the refinement early.</param>
    /// <exception cref="ArgumentException">There are fewer rows than clusters.</exception>
    public KMeansModel Fit(FeatureMatrix rows, Action<int, double>? progress = null, CancellationToken cancellationToken = default)
    {
        if (rows.RowCount < _options.ClusterCount)
        {
            throw new ArgumentException($"There are {rows.RowCount} rows, fewer than the {_options.ClusterCount} clusters.");
        }

        var random = new RandomStream(_options.Seed);
        var factor = _options.ExtraCenterFactor ?? Math.Max(1, Math.Min(4, 4000 / _options.ClusterCount));
        var count = Math.Min(rows.RowCount, (int)Math.Min((long)_options.ClusterCount * factor, int.MaxValue));
        var (centers, weights) = Stream(rows, count, random, progress, cancellationToken);
        var clusters = Reduce(new(centers, count, rows.ColumnCount), weights, cancellationToken);
        return new(Refine(rows, clusters, cancellationToken), rows.ColumnCount);
    }

    private (float[] Centers, double[] Weights) Stream(
        FeatureMatrix rows, int count, RandomStream random, Action<int, double>? progress, CancellationToken cancellationToken)
    {
        // The first centers come from all over the table, which may be sorted.
        var seeds = _options.SpreadsCenters ? rows.Take(random.Sample(rows.RowCount, (int)Math.Min(rows.RowCount, Math.Max(count * 2L, _options.BatchSize)))) : rows;
        var ones = new double[seeds.RowCount];
        Array.Fill(ones, 1);
        var centers = CenterSeeding.Choose(seeds, ones, count, _options.SpreadsCenters, random);
        var weights = new double[count];
        var step = new LloydStep(count, rows.ColumnCount, _options.Threads);
        var decay = _options.HalfLifeRows == 0 ? 0 : Math.Log(2) / _options.HalfLifeRows;
        for (var epoch = 0; epoch < _options.Epochs; epoch++)
        {
            double loss = 0;
            for (var start = 0; start < rows.RowCount; start += _options.BatchSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var batch = rows.Rows(start, Math.Min(_options.BatchSize, rows.RowCount - start));
                step.Assign(centers, batch, null, cancellationToken);
                loss += step.Loss;
                var kept = Math.Exp(-decay * batch.RowCount);
                for (var k = 0; k < count; k++)
                {
                    var old = weights[k] * kept;
                    weights[k] = old + step.Weights[k];
                    if (step.Weights[k] == 0)
                    {
                        continue;
                    }

                    for (var at = k * rows.ColumnCount; at < (k + 1) * rows.ColumnCount; at++)
                    {
                        centers[at] = (float)(((centers[at] * old) + step.Sums[at]) / weights[k]);
                    }
                }
            }

            progress?.Invoke(epoch, loss / rows.RowCount);
        }

        return (centers, weights);
    }

    private float[] Reduce(FeatureMatrix centers, double[] weights, CancellationToken cancellationToken)
    {
        if (centers.RowCount == _options.ClusterCount)
        {
            return centers.Values.ToArray();
        }

        float[]? best = null;
        var smallest = double.PositiveInfinity;
        for (var trial = 0; trial < (_options.ReductionTrials ?? 10); trial++)
        {
            var clusters = CenterSeeding.Choose(centers, weights, _options.ClusterCount, _options.SpreadsClusters, new(_options.Seed, trial + 1));
            var loss = Lloyd(centers, weights, ref clusters, _options.ReductionIterations, cancellationToken);
            if (best is null || loss < smallest)
            {
                (best, smallest) = (clusters, loss);
            }
        }

        return best!;
    }

    private float[] Refine(FeatureMatrix rows, float[] clusters, CancellationToken cancellationToken)
    {
        try
        {
            Lloyd(rows, null, ref clusters, _options.Refinements, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What is there is a model.
        }

        return clusters;
    }

    private double Lloyd(FeatureMatrix rows, double[]? weights, ref float[] clusters, int iterations, CancellationToken cancellationToken)
    {
        var step = new LloydStep(_options.ClusterCount, rows.ColumnCount, _options.Threads);
        var before = double.PositiveInfinity;
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            step.Assign(clusters, rows, weights, cancellationToken);
            clusters = step.Means(clusters, rows);
            if (step.Loss >= before * (1 - _options.Tolerance))
            {
                break;
            }

            before = step.Loss;
        }

        return step.Loss;
    }
}
