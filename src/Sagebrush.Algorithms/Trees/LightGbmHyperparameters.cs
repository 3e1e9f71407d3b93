using System.Globalization;
using Sagebrush.Algorithms.Training;
using Sagebrush.Learning.Trees.Boosting;
using static Sagebrush.Algorithms.HyperparameterKinds;

namespace Sagebrush.Algorithms.Trees;

/// <summary>The hyperparameters of SageMaker's LightGBM.</summary>
internal static class LightGbmHyperparameters
{
    private static readonly HyperparameterRange Fraction = new(0, 1) { ExcludesMinimum = true };

    /// <summary>The hyperparameters.</summary>
    /// <param name="objectives">What can be made small: metrics of others are refused.</param>
    public static HyperparameterSchema Schema(params BoostingObjective[] objectives) => new(
    [
        Integer("num_boost_round", "Rounds at most.", Positive, "100"),
        Integer("early_stopping_rounds", "Rounds without improvement after which training ends; 0 or less for never.", new(int.MinValue), "10"),
        Categorical("metric", "What judges the validation rows.", "auto",
        [
            "auto", .. BoostingMetric.All.Where(metric => metric.Objectives.Any(objectives.Contains)).Select(metric => metric.Name).Distinct(),
        ]),
        Continuous("learning_rate", "What each tree's values are multiplied by.", Fraction, "0.1", new(0.001, 0.01)),
        Integer("num_leaves", "Leaves of a tree at most.", new(2, 131_072), "64", new(10, 100)),
        Continuous("feature_fraction", "Share of the features that a tree sees.", Fraction, "0.9", new(0.1, 1)),
        Continuous("bagging_fraction", "Share of the rows that a tree learns from.", Fraction, "0.9", new(0.1, 1)),
        Integer("bagging_freq", "Rounds after which rows are chosen anew; 0 for all rows.", NotNegative, "1", new(0, 10)),
        Integer("max_depth", "Depth of a tree at most; 0 or less for no limit.", new(int.MinValue), "6", new(15, 100)),
        Integer("min_data_in_leaf", "Rows at least in a leaf.", NotNegative, "3", new(10, 200)),
        Continuous("max_delta_step", "What a leaf's value may be at most; 0 or less for no limit.", null, "0.0"),
        Continuous("lambda_l1", "L1 regularization.", NotNegative, "0.0"),
        Continuous("lambda_l2", "L2 regularization.", NotNegative, "0.0"),
        Categorical("boosting", "Which rows trees learn from: all or a bag of them, or those with large gradients.", "gbdt", "gbdt", "goss"),
        Continuous("min_gain_to_split", "Gain at least for which a leaf is split.", NotNegative, "0.0"),
        Continuous("scale_pos_weight", "Weight of class 1, for two classes.", AboveZero, "1.0"),
        Categorical("tree_learner", "How machines share the work; one machine does it all.", "serial", "serial", "feature", "data", "voting"),
        Continuous("feature_fraction_bynode", "Share of the features that a node sees: 1, as trees choose theirs.", new(1, 1), "1.0"),
        Flag("is_unbalance", "Whether both classes weigh the same in sum, for two classes.", "False"),
        Integer("max_bin", "Bins per feature.", new(2, 255), "255"),
        Continuous("tweedie_variance_power", "Of no effect: the squared error is what regression makes small.", new(1, 2), "1.5"),
        Integer("num_threads", "Threads at most; 0 for all processors.", NotNegative, "0"),
        Integer("verbosity", "Of no effect: each round is told.", new(int.MinValue), "1"),
        Integer("seed", "Seed of what is random.", NotNegative, "0"),
        TuningMetric,
    ],
    (values, errors) =>
    {
        if (values.TryGetValue("is_unbalance", out var unbalanced) && bool.Parse(unbalanced) && values.ContainsKey("scale_pos_weight"))
        {
            errors.Add("Hyperparameters is_unbalance and scale_pos_weight cannot be used together");
        }
    });

    /// <summary>The options of a job.</summary>
    public static GradientBoostingOptions Options(HyperparameterValues values, BoostingObjective objective, int classes, IReadOnlyList<int> categories) => new()
    {
        Objective = objective,
        ClassCount = classes,
        Rounds = values.Integer("num_boost_round"),
        Patience = Math.Max(0, values.Integer("early_stopping_rounds")),
        LearningRate = values.Number("learning_rate"),
        LeafCount = values.Integer("num_leaves"),
        FeatureFraction = values.Number("feature_fraction"),
        BaggingFraction = values.Number("bagging_fraction"),
        BaggingFrequency = values.Integer("bagging_freq"),
        MaxDepth = values.Integer("max_depth"),
        MinLeafRows = values.Integer("min_data_in_leaf"),
        MaxDeltaStep = values.Number("max_delta_step"),
        L1 = values.Number("lambda_l1"),
        L2 = values.Number("lambda_l2"),
        SamplesByGradient = values.Text("boosting") == "goss",
        MinGain = values.Number("min_gain_to_split"),
        MaxBins = values.Integer("max_bin"),
        Seed = long.Parse(values.Text("seed"), CultureInfo.InvariantCulture),
        Threads = values.Integer("num_threads") is > 0 and var threads ? threads : TabularJob.Threads,
        CategoricalFeatures = categories,
    };
}
