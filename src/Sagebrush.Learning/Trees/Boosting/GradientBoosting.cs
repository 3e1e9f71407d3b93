using System.Runtime.Intrinsics;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Trees.Binning;

namespace Sagebrush.Learning.Trees.Boosting;

/// <summary>Gradient boosting by histograms with trees grown leaf by leaf, in the manner of LightGBM (Ke et al. 2017), round by round.</summary>
/// <remarks>
/// Features are grouped into at most 255 bins, missing values go to the side that gains more, categories are split into groups. The result is the same for any
/// number of threads. Not thread-safe: one caller at a time.
/// </remarks>
public sealed class GradientBoosting
{
    private const int ChunkRows = 4096;

    private readonly GradientBoostingOptions _options;
    private readonly FeatureMatrix _features;
    private readonly Loss _loss;
    private readonly LeafwiseGrower _grower;
    private readonly RowSampler _sampler;
    private readonly double[] _start;
    private readonly double[][] _scores;
    private readonly Vector128<double>[][] _derivatives;
    private readonly List<RegressionTree> _trees = [];
    private readonly double[] _gains;

    /// <summary>Prepares learning.</summary>
    /// <param name="features">The features; NaN is a missing value.</param>
    /// <param name="labels">A number per row, or a class from 0.</param>
    /// <param name="options">How to learn.</param>
    /// <param name="weights">Weight of each row; empty for equal ones.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="ArgumentException">Labels or weights do not fit the rows, or a label is no class.</exception>
    public GradientBoosting(
        FeatureMatrix features, ReadOnlyMemory<float> labels, GradientBoostingOptions options, ReadOnlyMemory<float> weights = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(features, labels.Span, weights.Span, options);
        _options = options;
        _features = features;
        var table = BinnedTable.Create(features, options.MaxBins, options.CategoricalFeatures.ToHashSet(), options.Seed, options.Threads, cancellationToken);
        _loss = new(options, labels, weights);
        _grower = new(table, options);
        _sampler = new(options, features.RowCount, features.ColumnCount);
        // Margins are float32: learning starts from what the model will start from.
        _start = Array.ConvertAll(_loss.Start(), value => (double)(float)value);
        _gains = new double[features.ColumnCount];
        _scores = new double[_start.Length][];
        _derivatives = new Vector128<double>[_start.Length][];
        for (var output = 0; output < _start.Length; output++)
        {
            _scores[output] = new double[features.RowCount];
            _scores[output].AsSpan().Fill(_start[output]);
            _derivatives[output] = new Vector128<double>[features.RowCount];
        }
    }

    /// <summary>Number of rounds done.</summary>
    public int Rounds => _trees.Count / _start.Length;

    /// <summary>Learns with as many rounds as the options say, or until validation rows are no longer predicted better.</summary>
    /// <param name="features">The features.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="options">How to learn.</param>
    /// <param name="weights">Weight of each row; empty for equal ones.</param>
    /// <param name="validation">Judges each round; needed for <see cref="GradientBoostingOptions.Patience"/>. The best round is the model's last.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static GradientBoostingModel Fit(
        FeatureMatrix features,
        ReadOnlyMemory<float> labels,
        GradientBoostingOptions options,
        ReadOnlyMemory<float> weights = default,
        BoostingValidation? validation = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var boosting = new GradientBoosting(features, labels, options, weights, cancellationToken);
        var (best, bestRound) = (double.PositiveInfinity, 0);
        for (var round = 0; round < options.Rounds; round++)
        {
            boosting.AddRound(cancellationToken);
            if (validation is null || options.Patience <= 0)
            {
                bestRound = boosting.Rounds;
                continue;
            }

            var value = validation.Evaluate(boosting);
            value = validation.Metric.IsMaximized ? -value : value;
            if (value < best)
            {
                (best, bestRound) = (value, boosting.Rounds);
            }
            else if (boosting.Rounds - bestRound >= options.Patience)
            {
                break;
            }
        }

        return boosting.Model(bestRound);
    }

    /// <summary>Takes up where a model was left, with the same rows and options: what follows is what would have followed.</summary>
    public void Resume(GradientBoostingModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (_trees.Count > 0 || model.OutputCount != _start.Length || model.FeatureCount != _features.ColumnCount)
        {
            throw new ArgumentException($"A model of {model.FeatureCount} features and {model.OutputCount} outputs is not one of this training.", nameof(model));
        }

        foreach (var tree in model.Trees)
        {
            _trees.Add(tree);
            AddTo(tree, _features, _scores[tree.Group]);
        }

        for (var feature = 0; feature < _gains.Length; feature++)
        {
            _gains[feature] += model.FeatureGains[feature];
        }
    }

    /// <summary>Learns one more tree per output.</summary>
    public void AddRound(CancellationToken cancellationToken = default)
    {
        var round = Rounds;
        RowChunks.Run(_features.RowCount, ChunkRows, _options.Threads, (_, start, end) => _loss.Differentiate(_scores, start, end, _derivatives), cancellationToken);
        var chosen = _sampler.Rows(round, _derivatives);
        for (var output = 0; output < _start.Length; output++)
        {
            // The grower puts rows into the order of the leaves.
            var rows = chosen.ToArray();
            var grown = _grower.Grow(rows, _derivatives[output], _sampler.Features(round, output), cancellationToken);
            foreach (var leaf in grown.Leaves)
            {
                var value = _loss.TakesMedians ? _loss.MedianError(_scores[output], rows.AsSpan(leaf.Start, leaf.End - leaf.Start)) : leaf.Value;
                grown.Tree.SetLeaf(leaf.Node, value * _options.LearningRate);
            }

            var tree = grown.Tree.Build(output);
            _trees.Add(tree);
            for (var feature = 0; feature < _gains.Length; feature++)
            {
                _gains[feature] += grown.Gains[feature];
            }

            if (rows.Length < _features.RowCount)
            {
                AddTo(tree, _features, _scores[output]);
                continue;
            }

            foreach (var leaf in grown.Leaves)
            {
                var value = (double)tree.Thresholds[leaf.Node];
                foreach (var row in rows.AsSpan(leaf.Start, leaf.End - leaf.Start))
                {
                    _scores[output][row] += value;
                }
            }
        }
    }

    /// <summary>The model of the first rounds.</summary>
    public GradientBoostingModel Model(int rounds) => new(
        [.. _trees.Take(rounds * _start.Length)], _features.ColumnCount, _options.Objective, Array.ConvertAll(_start, value => (float)value), _gains);

    /// <summary>What outputs of other rows start from.</summary>
    internal double[] Start => _start;

    /// <summary>The objective.</summary>
    internal BoostingObjective Objective => _options.Objective;

    /// <summary>Adds the trees of some rounds to the scores of other rows.</summary>
    internal void AddTo(int firstRound, int endRound, FeatureMatrix rows, double[][] scores)
    {
        foreach (var tree in _trees.Take(endRound * _start.Length).Skip(firstRound * _start.Length))
        {
            AddTo(tree, rows, scores[tree.Group]);
        }
    }

    private static void Check(FeatureMatrix features, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, GradientBoostingOptions options)
    {
        if (features.RowCount == 0 || labels.Length != features.RowCount || (!weights.IsEmpty && weights.Length != features.RowCount))
        {
            throw new ArgumentException($"There are {features.RowCount} rows, {labels.Length} labels and {weights.Length} weights.", nameof(labels));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(options.LeafCount, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBins, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxBins, FeatureBins.Most);
        var classes = options.Objective switch { BoostingObjective.Binary => 2, BoostingObjective.Multiclass => options.ClassCount, _ => 0 };
        if (options.Objective == BoostingObjective.Multiclass)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(options.ClassCount, 2);
        }

        for (var row = 0; row < labels.Length; row++)
        {
            var label = labels[row];
            if (!float.IsFinite(label) || (classes > 0 && !(label >= 0 && label < classes && label == (int)label)))
            {
                throw new ArgumentException($"The label {label} of row {row} is not {(classes > 0 ? $"a class from 0 to {classes - 1}" : "a number")}.", nameof(labels));
            }
        }
    }

    private void AddTo(RegressionTree tree, FeatureMatrix rows, double[] scores) =>
        RowChunks.Run(rows.RowCount, ChunkRows, _options.Threads, (_, start, end) =>
        {
            for (var row = start; row < end; row++)
            {
                scores[row] += tree.Thresholds[tree.FindLeaf(rows.Row(row))];
            }
        });
}
