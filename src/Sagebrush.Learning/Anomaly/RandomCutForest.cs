using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Anomaly;

/// <summary>
/// Learns what is usual as trees of random cuts through samples of the rows (Guha, Mishra, Roy and Schrijvers, "Robust random cut
/// forest based anomaly detection on streams", ICML 2016).
/// </summary>
public sealed class RandomCutForest
{
    private readonly RandomCutForestOptions _options;

    /// <summary>Creates a learner.</summary>
    public RandomCutForest(RandomCutForestOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TreeCount, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RowsPerTree, 1, nameof(options));
        _options = options;
    }

    /// <summary>Learns.</summary>
    /// <param name="rows">The rows; all values must be finite.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="ArgumentException">There are no rows.</exception>
    public RandomCutForestModel Fit(FeatureMatrix rows, CancellationToken cancellationToken = default)
    {
        if (rows.RowCount == 0 || rows.ColumnCount == 0)
        {
            throw new ArgumentException($"There are {rows.RowCount} rows of {rows.ColumnCount} features to learn from.");
        }

        var trees = new CutTree[_options.TreeCount];
        var perTree = Math.Min(_options.RowsPerTree, rows.RowCount);
        RowChunks.Run(
            trees.Length,
            1,
            _options.Threads,
            (tree, _, _) =>
            {
                var random = new RandomStream(_options.Seed, tree);
                trees[tree] = CutTree.Grow(rows.Take(random.Sample(rows.RowCount, perTree)), random);
            },
            cancellationToken);
        return new(trees, rows.ColumnCount);
    }
}
