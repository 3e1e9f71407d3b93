using Sagebrush.Learning.Trees.XGBoost;
using static Sagebrush.Algorithms.HyperparameterKinds;

namespace Sagebrush.Algorithms.XGBoost;

/// <summary>The hyperparameters of SageMaker's XGBoost, with the ranges its container checks.</summary>
internal static class XGBoostHyperparameters
{
    private static readonly string[] TreeGrowers = ["grow_colmaker", "distcol", "grow_histmaker", "grow_skmaker", "grow_quantile_histmaker"];
    private static readonly string[] TreeUpdaters = [.. TreeGrowers, "sync", "refresh", "prune"];
    private static readonly string[] LinearUpdaters = ["shotgun", "coord_descent"];

    public static HyperparameterSchema Schema { get; } = new(
    [
        Integer("num_round", "Number of boosting rounds.", Above(1), tunable: new(1, 4000)) with { IsRequired = true },
        Integer("num_class", "Number of classes of a multi-class objective.", Above(2)),
        Continuous("alpha", "L1 regularization of the weights.", Above(0), "0", new(0, 1000)) with { Aliases = ["reg_alpha"] },
        Continuous("base_score", "Prediction all sums start from.", null, "0.5"),
        Categorical("booster", "Kind of model.", "gbtree", "gbtree", "gblinear", "dart"),
        Continuous("colsample_bylevel", "Share of columns sampled per level.", Share, "1", new(0.1, 1)),
        Continuous("colsample_bynode", "Share of columns sampled per node.", Share, "1", new(0.1, 1)),
        Continuous("colsample_bytree", "Share of columns sampled per tree.", Share, "1", new(0.5, 1)),
        Integer("csv_weights", "Whether the second column of CSV data is the row's weight.", new(0, 1), "0"),
        Categorical("deterministic_histogram", "Build histograms on GPUs deterministically.", "true", "true", "false"),
        Categorical("dsplit", "How distributed training splits data.", null, "row", "col"),
        Integer("early_stopping_rounds", "Stop when the validation metric has not improved for so many rounds.", Above(1)),
        Continuous("eta", "Shrinkage of each round's contribution.", new(0, 1), "0.3", new(0.1, 0.5)) with { Aliases = ["learning_rate"] },
        Text("eval_metric", "Comma-separated evaluation metrics.", XGBoostMetrics.Check),
        Continuous("gamma", "Smallest loss reduction for a split.", Above(0), "0", new(0, 5)) with { Aliases = ["min_split_loss"] },
        Categorical("grow_policy", "Where new nodes are added.", "depthwise", "depthwise", "lossguide"),
        Text("interaction_constraints", "Groups of features that may interact, as [[0,1],[2,3]].", XGBoostConstraints.CheckInteraction),
        Continuous("lambda", "L2 regularization of the weights.", Above(0), "1", new(0, 1000)) with { Aliases = ["reg_lambda"] },
        Continuous("lambda_bias", "L2 regularization of the bias.", new(0, 1), "0"),
        Integer("max_bin", "Number of bins for continuous features.", Above(2), "256"),
        Continuous("max_delta_step", "Largest step of a leaf's weight.", Above(0), "0", new(0, 10)),
        Integer("max_depth", "Largest depth of a tree; 0 means no limit.", Above(0), "6", new(0, 10)),
        Integer("max_leaves", "Largest number of leaves; 0 means no limit.", Above(0), "0"),
        Continuous("min_child_weight", "Smallest sum of instance weights in a child.", Above(0), "1", new(0, 120)),
        Text("monotone_constraints", "Per feature -1, 0 or 1, as (0,1,-1).", XGBoostConstraints.CheckMonotone),
        Categorical("normalize_type", "How dropped trees are weighted (dart).", "tree", "tree", "forest"),
        Integer("nthread", "Number of threads; all processors by default.", Above(1)),
        Integer("num_parallel_tree", "Number of trees per round.", Above(1), "1"),
        Categorical("objective", "What is learnt.", "reg:squarederror", [.. XGBoostObjective.Names]),
        Integer("one_drop", "Whether at least one tree is dropped (dart).", new(0, 1), "0"),
        Categorical("predictor", "Where predictions are computed.", "auto", "auto", "cpu_predictor", "gpu_predictor"),
        Integer("prob_buffer_row", "Kept for compatibility.", new(1) { ExcludesMinimum = true }),
        Categorical("process_type", "Whether trees are made or updated.", "default", "default", "update"),
        Continuous("rate_drop", "Share of trees dropped (dart).", new(0, 1), "0.0"),
        Integer("refresh_leaf", "Whether the updater 'refresh' updates leaves.", new(0, 1), "1"),
        Categorical("sample_type", "How dropped trees are chosen (dart).", "uniform", "uniform", "weighted"),
        Categorical("sampling_method", "How rows are sampled.", "uniform", "uniform", "gradient_based"),
        Categorical("save_model_on_termination", "Save the model when the job is stopped.", "false", "true", "false"),
        Continuous("scale_pos_weight", "Weight of positive rows.", new(0) { ExcludesMinimum = true }, "1"),
        Integer("seed", "Seed of random numbers.", new(int.MinValue, int.MaxValue), "0"),
        Categorical("single_precision_histogram", "Build histograms in single precision.", "false", "true", "false"),
        Continuous("sketch_eps", "Precision of the approximate algorithm.", new(0, 1) { ExcludesMinimum = true, ExcludesMaximum = true }, "0.03"),
        Continuous("skip_drop", "Chance that a round drops no trees (dart).", new(0, 1), "0.0"),
        Continuous("subsample", "Share of rows sampled per round.", Share, "1", new(0.5, 1)),
        Categorical("tree_method", "How trees are built.", "auto", "auto", "exact", "approx", "hist", "gpu_hist"),
        Continuous("tweedie_variance_power", "Variance of the Tweedie distribution.", new(1, 2) { ExcludesMinimum = true, ExcludesMaximum = true }, "1.5"),
        Text("updater", "Comma-separated updaters to run."),
        Integer("verbosity", "What the library logs: 0 nothing, 1 warnings, 2 information, 3 all.", new(0, 3), "1"),
        Categorical("aft_loss_distribution", "Distribution of survival:aft.", "normal", "normal", "logistic", "extreme"),
        Continuous("aft_loss_distribution_scale", "Scale of the distribution of survival:aft.", new(0) { ExcludesMinimum = true }, "1"),
        TuningMetric,
    ],
    CheckTogether);

    /// <summary>Those that are no parameters of the library, or that it no longer knows and that change nothing.</summary>
    public static bool IsForLibrary(string name) => name is not (
        "num_round" or "csv_weights" or "early_stopping_rounds" or "eval_metric" or "save_model_on_termination" or "_tuning_objective_metric"
        or "deterministic_histogram" or "single_precision_histogram" or "sketch_eps" or "prob_buffer_row" or "dsplit" or "predictor");

    private static HyperparameterRange Share => new(0, 1) { ExcludesMinimum = true };

    private static void CheckTogether(IReadOnlyDictionary<string, string> values, List<string> errors)
    {
        var objective = values.GetValueOrDefault("objective", "reg:squarederror");
        var multiClass = objective.StartsWith("multi:", StringComparison.Ordinal);
        if (multiClass && !values.ContainsKey("num_class"))
        {
            errors.Add("Require input for parameter 'num_class' for multi-classification");
        }
        else if (!multiClass && values.ContainsKey("num_class"))
        {
            errors.Add($"Do not need to setup parameter 'num_class' for learning task other than multi-classification; the objective is {objective}");
        }

        foreach (var metric in XGBoostMetrics.Split(values.GetValueOrDefault("eval_metric", "")))
        {
            if (XGBoostMetrics.BaseName(metric) == "auc" && !multiClass && objective != "reg:logistic"
                && !objective.StartsWith("binary:", StringComparison.Ordinal) && !objective.StartsWith("rank:", StringComparison.Ordinal))
            {
                errors.Add("Metric 'auc' can only be applied for classification and ranking problems");
            }

            if (metric == "aft-nloglik" && objective != "survival:aft")
            {
                errors.Add("Metric 'aft-nloglik' can only be applied for 'survival:aft' objective");
            }
        }

        if (values.TryGetValue("updater", out var updaters))
        {
            CheckUpdaters(updaters.Split(',', StringSplitOptions.TrimEntries), values, errors);
        }

        if (values.ContainsKey("early_stopping_rounds") && values.GetValueOrDefault("process_type") == "update")
        {
            errors.Add("early_stopping_rounds cannot be used with process_type 'update'");
        }
    }

    private static void CheckUpdaters(string[] updaters, IReadOnlyDictionary<string, string> values, List<string> errors)
    {
        if (values.GetValueOrDefault("booster") == "gblinear")
        {
            if (updaters.Length != 1 || !LinearUpdaters.Contains(updaters[0]))
            {
                errors.Add($"Linear updater should be one of these options: {string.Join(", ", LinearUpdaters)}");
            }
        }
        else if (values.GetValueOrDefault("process_type") == "update")
        {
            if (updaters.Any(updater => updater is not ("refresh" or "prune")))
            {
                errors.Add("process_type 'update' can only be used with updater 'refresh' and 'prune'");
            }
        }
        else if (updaters.Any(updater => !TreeUpdaters.Contains(updater)))
        {
            errors.Add($"Tree updater should be selected from these options: {string.Join(", ", TreeUpdaters)}");
        }
        else if (updaters.Count(TreeGrowers.Contains) > 1)
        {
            errors.Add($"Only one tree grow plugin can be selected. Choose one from the following: {string.Join(", ", TreeGrowers)}");
        }
    }

    private static HyperparameterRange Above(double minimum) => new(minimum);
}
