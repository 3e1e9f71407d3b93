using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Trees.Binning;

namespace Sagebrush.Learning.Trees.Forest;

/// <summary>Random forests (Breiman 2001) and extremely randomized trees (Geurts, Ernst, Wehenkel 2006): the mean of many deep trees, each made different at random.</summary>
/// <remarks>
/// Trees split by squared error or Gini's impurity, over features grouped into at most 255 bins. A missing value goes to the side that suits the training rows better.
/// Trees grow on all processors; the result is the same for any number of them.
/// </remarks>
public static class RandomForest
{
    /// <summary>Learns.</summary>
    /// <param name="features">The features; NaN is a missing value.</param>
    /// <param name="labels">A number per row, or a class from 0.</param>
    /// <param name="options">How to learn.</param>
    /// <param name="weights">Weight of each row; empty for equal ones. Rows of weight 0 are left out.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="ArgumentException">Labels or weights do not fit the rows, or a label is no class.</exception>
    public static ForestModel Fit(
        FeatureMatrix features, ReadOnlyMemory<float> labels, ForestOptions options, ReadOnlyMemory<float> weights = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TreeCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBins, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxBins, FeatureBins.Most);
        ArgumentOutOfRangeException.ThrowIfEqual(options.ClassCount, 1);
        if (options.FeaturesPerNode is { } tried)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(tried, 1);
        }

        var rowWeights = Weights(features, labels.Span, weights.Span, options);
        if (Array.IndexOf(rowWeights, 0.0) >= 0)
        {
            var kept = Enumerable.Range(0, rowWeights.Length).Where(row => rowWeights[row] > 0).ToArray();
            var some = labels;
            (features, labels, rowWeights) = (features.Take(kept), Array.ConvertAll(kept, row => some.Span[row]), Array.ConvertAll(kept, row => rowWeights[row]));
        }

        if (features.RowCount == 0)
        {
            throw new ArgumentException("There are no rows to learn from.", nameof(features));
        }

        var table = BinnedTable.Create(features, options.MaxBins, new HashSet<int>(), options.Seed, options.Threads, cancellationToken);
        var trees = new RegressionTree[options.TreeCount];
        var importances = new double[options.TreeCount][];
        var outOfBag = new bool[options.TreeCount][];
        Parallel.For(
            0,
            trees.Length,
            new ParallelOptions { MaxDegreeOfParallelism = options.Threads == 0 ? Environment.ProcessorCount : options.Threads, CancellationToken = cancellationToken },
            () => new TreeGrower(table, labels, rowWeights, options),
            (number, _, grower) =>
            {
                importances[number] = new double[features.ColumnCount];
                outOfBag[number] = options.ScoresOutOfBag ? new bool[features.RowCount] : [];
                trees[number] = grower.Grow(number, importances[number], outOfBag[number]);
                return grower;
            },
            _ => { });

        var model = new ForestModel(trees, features.ColumnCount, options.ClassCount, Mean(importances));
        if (options.ScoresOutOfBag)
        {
            model.OutOfBag = new(trees, outOfBag, features, labels.Span, options);
        }

        return model;
    }

    private static double[] Weights(FeatureMatrix features, ReadOnlySpan<float> labels, ReadOnlySpan<float> given, ForestOptions options)
    {
        if (labels.Length != features.RowCount || (!given.IsEmpty && given.Length != features.RowCount))
        {
            throw new ArgumentException($"There are {features.RowCount} rows, {labels.Length} labels and {given.Length} weights.", nameof(labels));
        }

        var classes = ClassWeights(labels, given, options);
        var weights = new double[labels.Length];
        for (var row = 0; row < weights.Length; row++)
        {
            weights[row] = (given.IsEmpty ? 1 : given[row]) * (classes.Length == 0 ? 1 : classes[(int)labels[row]]);
        }

        return weights;
    }

    private static double[] ClassWeights(ReadOnlySpan<float> labels, ReadOnlySpan<float> given, ForestOptions options)
    {
        if (options.ClassCount == 0)
        {
            return [];
        }

        var totals = new double[options.ClassCount];
        for (var row = 0; row < labels.Length; row++)
        {
            var label = labels[row];
            if (!(label >= 0 && label < options.ClassCount && label == (int)label))
            {
                throw new ArgumentException($"The label {label} of row {row} is not a class from 0 to {options.ClassCount - 1}.", nameof(labels));
            }

            totals[(int)label] += given.IsEmpty ? 1 : given[row];
        }

        if (options.BalancesClasses)
        {
            var sum = totals.Sum();
            return Array.ConvertAll(totals, total => total > 0 ? sum / (totals.Length * total) : 1);
        }

        return options.ClassWeights is { Count: > 0 } chosen
            ? chosen.Count == options.ClassCount ? [.. chosen] : throw new ArgumentException($"There are {chosen.Count} class weights for {options.ClassCount} classes.", nameof(options))
            : [];
    }

    private static double[] Mean(double[][] importances)
    {
        var mean = new double[importances[0].Length];
        foreach (var tree in importances)
        {
            for (var i = 0; i < mean.Length; i++)
            {
                mean[i] += tree[i];
            }
        }

        var sum = mean.Sum();
        return sum > 0 ? Array.ConvertAll(mean, value => value / sum) : mean;
    }
}
