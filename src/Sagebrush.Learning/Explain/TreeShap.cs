using System.Runtime.Intrinsics;
using Sagebrush.Learning.Trees;
using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Learning.Explain;

/// <summary>Exact SHAP values of sums of trees, of their margins (Lundberg et al. 2020).</summary>
/// <remarks>
/// Path-dependent values take linear instead of quadratic time in a path's length (Yu et al. 2022) with Gauss–Legendre points in one vector.
/// Thread-safe.
/// </remarks>
public sealed class TreeShap
{
    private readonly ShapTree[] _trees;
    private readonly IReadOnlyList<RegressionTree> _forest;
    private readonly Vector256<double>[] _points;
    private readonly Vector256<double>[] _weights;
    private readonly double[] _expectations;
    private readonly float[] _baseMargins;
    private readonly int _mostNodes;

    /// <summary>Prepares a model of XGBoost's.</summary>
    /// <exception cref="ModelFormatException">The model has no trees, or does not tell how much data came through their nodes.</exception>
    public TreeShap(XGBoostModel model)
        : this(Trees(model), model.FeatureCount, model.BaseMargins)
    {
    }

    /// <summary>Prepares trees.</summary>
    /// <param name="trees">The trees.</param>
    /// <param name="featureCount">Number of features.</param>
    /// <param name="baseMargins">What each output's sum starts from.</param>
    /// <exception cref="ModelFormatException">A tree does not tell how much data came through its nodes.</exception>
    public TreeShap(IEnumerable<RegressionTree> trees, int featureCount, IReadOnlyList<float> baseMargins)
    {
        ArgumentNullException.ThrowIfNull(trees);
        ArgumentNullException.ThrowIfNull(baseMargins);
        FeatureCount = featureCount;
        GroupCount = baseMargins.Count;
        _forest = [.. trees.SelectMany(tree => tree.ByOutput())];
        _trees = [.. _forest.Select(tree => new ShapTree(tree))];
        _baseMargins = [.. baseMargins];
        _expectations = Array.ConvertAll(_baseMargins, margin => (double)margin);
        foreach (var tree in _trees)
        {
            _expectations[tree.Group] += tree.Expectation;
            _mostNodes = Math.Max(_mostNodes, tree.NodeCount);
        }

        // With n factors the integrand has degree n - 1: half as many points are exact. They come four to a vector.
        var passes = Math.Max(1, (_trees.Select(tree => tree.MostFeatures).DefaultIfEmpty(0).Max() + 7) / 8);
        var (points, weights) = GaussLegendre.Of(4 * passes);
        _points = [.. Enumerable.Range(0, passes).Select(pass => Vector256.Create(points, 4 * pass))];
        _weights = [.. Enumerable.Range(0, passes).Select(pass => Vector256.Create(weights, 4 * pass))];
    }

    /// <summary>Number of features.</summary>
    public int FeatureCount { get; }

    /// <summary>Number of outputs.</summary>
    public int GroupCount { get; }

    /// <summary>Values per row: for each output one per feature, then the expectation.</summary>
    public int ValueCount => GroupCount * (FeatureCount + 1);

    /// <summary>What the model predicts on average over its training data, per output.</summary>
    public IReadOnlyList<double> Expectations => _expectations;

    /// <summary>Path-dependent values of rows: absent features are spread as the training data went through the trees.</summary>
    /// <param name="rows">Row-major values; NaN is a missing value.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="values">Receives <see cref="ValueCount"/> values per row, laid out as XGBoost's <c>pred_contribs</c>.</param>
    /// <param name="threads">Most threads to use.</param>
    public void Explain(ReadOnlyMemory<float> rows, int rowCount, Memory<double> values, int threads = 1)
    {
        if (rows.Length != (long)rowCount * FeatureCount || values.Length < (long)rowCount * ValueCount)
        {
            throw new ArgumentException($"{rows.Length} values are not {rowCount} rows of {FeatureCount} features, or there is no room for their values.", nameof(rows));
        }

        if (threads <= 1)
        {
            ExplainSome(rows, values, 0, rowCount);
            return;
        }

        const int Block = 64;
        Parallel.For(
            0,
            (rowCount + Block - 1) / Block,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            block => ExplainSome(rows, values, block * Block, Math.Min(rowCount, (block + 1) * Block)));
    }

    /// <summary>Interventional values of a row: absent features are taken from rows of a background.</summary>
    /// <param name="row">The row.</param>
    /// <param name="background">Row-major values of at least one row.</param>
    /// <param name="values">Receives <see cref="ValueCount"/> values; the expectation is that over the background.</param>
    public void Explain(ReadOnlySpan<float> row, ReadOnlySpan<float> background, Span<double> values)
    {
        var count = background.Length / FeatureCount;
        if (count == 0 || background.Length != count * FeatureCount)
        {
            throw new ArgumentException($"{background.Length} values are not rows of {FeatureCount} features.", nameof(background));
        }

        values = values[..ValueCount];
        values.Clear();
        var interventional = new InterventionalShap(FeatureCount);
        foreach (var tree in _forest)
        {
            var share = values.Slice(tree.Group * (FeatureCount + 1), FeatureCount + 1);
            for (var i = 0; i < count; i++)
            {
                interventional.Add(tree, row, background.Slice(i * FeatureCount, FeatureCount), share, 1.0 / count);
            }
        }

        for (var group = 0; group < GroupCount; group++)
        {
            values[(group * (FeatureCount + 1)) + FeatureCount] += _baseMargins[group];
        }
    }

    private static IReadOnlyList<RegressionTree> Trees(XGBoostModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Trees is null ? throw new ModelFormatException("TreeSHAP explains models of trees; this one is linear.") : model.Forest;
    }

    private void ExplainSome(ReadOnlyMemory<float> rows, Memory<double> values, int first, int end)
    {
        var scratch = new ShapScratch(_mostNodes);
        for (var i = first; i < end; i++)
        {
            var row = rows.Span.Slice(i * FeatureCount, FeatureCount);
            var mine = values.Span.Slice(i * ValueCount, ValueCount);
            mine.Clear();
            foreach (var tree in _trees)
            {
                var share = mine.Slice(tree.Group * (FeatureCount + 1), FeatureCount);
                for (var pass = 0; pass < _points.Length; pass++)
                {
                    tree.Add(row, share, _points[pass], _weights[pass], scratch);
                }
            }

            for (var group = 0; group < GroupCount; group++)
            {
                mine[(group * (FeatureCount + 1)) + FeatureCount] = _expectations[group];
            }
        }
    }
}
