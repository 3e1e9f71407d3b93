using Sagebrush.Learning.Linear;
using static Sagebrush.Algorithms.HyperparameterKinds;

namespace Sagebrush.Algorithms.LinearLearner;

/// <summary>The hyperparameters of SageMaker's linear learner.</summary>
internal static class LinearLearnerHyperparameters
{
    private static readonly Dictionary<string, LinearLoss> Losses = new(StringComparer.Ordinal)
    {
        ["squared_loss"] = LinearLoss.Squared,
        ["absolute_loss"] = LinearLoss.Absolute,
        ["eps_insensitive_squared_loss"] = LinearLoss.EpsilonInsensitiveSquared,
        ["eps_insensitive_absolute_loss"] = LinearLoss.EpsilonInsensitiveAbsolute,
        ["quantile_loss"] = LinearLoss.Quantile,
        ["huber_loss"] = LinearLoss.Huber,
        ["logistic"] = LinearLoss.Logistic,
        ["hinge_loss"] = LinearLoss.Hinge,
        ["softmax_loss"] = LinearLoss.Softmax,
    };

    public static HyperparameterSchema Schema { get; } = new(
    [
        Categorical("predictor_type", "What is predicted.", null, "binary_classifier", "multiclass_classifier", "regressor") with { IsRequired = true },
        Integer("num_classes", "Number of classes of a multiclass classifier.", new(3, 1_000_000)),
        Integer("accuracy_top_k", "k of the top-k accuracy.", Positive, "3"),
        Flag("balance_multiclass_weights", "Give each class the same importance.", "false"),
        Continuous("beta_1", "Adam's decay of the first moment.", Share, "auto"),
        Continuous("beta_2", "Adam's decay of the second moment.", Share, "auto"),
        Continuous("bias_lr_mult", "Factor of the bias's learning rate.", AboveZero, "auto"),
        Continuous("bias_wd_mult", "Factor of the bias's weight decay.", NotNegative, "auto"),
        Categorical(
            "binary_classifier_model_selection_criteria", "What chooses a binary classifier and its threshold.", "accuracy", "accuracy", "f_beta", "f1",
            "precision_at_target_recall", "recall_at_target_precision", "loss_function"),
        Integer("early_stopping_patience", "Epochs without improvement before training ends.", Positive, "3"),
        Continuous("early_stopping_tolerance", "Share of the loss that counts as an improvement.", AboveZero, "0.001"),
        Integer("epochs", "Passes over the data at most.", Positive, "15"),
        Continuous("f_beta", "Beta of the F score.", AboveZero, "1.0"),
        Integer("feature_dim", "Number of features.", Positive, "auto"),
        Continuous("huber_delta", "Delta of the Huber loss.", AboveZero, "1.0"),
        Continuous("init_bias", "Initial bias.", null, "0"),
        Categorical("init_method", "Distribution of initial weights.", "uniform", "uniform", "normal"),
        Continuous("init_scale", "Scale of the uniform distribution of initial weights.", AboveZero, "0.07"),
        Continuous("init_sigma", "Standard deviation of the normal distribution of initial weights.", AboveZero, "0.01"),
        Continuous("l1", "L1 regularization.", NotNegative, "auto", new(1e-7, 1)),
        Continuous("learning_rate", "Step size.", AboveZero, "auto", new(1e-5, 1)),
        Categorical("loss", "Loss function.", "auto", ["auto", .. Losses.Keys]),
        Continuous("loss_insensitivity", "Errors below it count as none in the eps_insensitive losses.", AboveZero, "0.01"),
        Continuous("lr_scheduler_factor", "Factor by which the learning rate falls.", new(0, 1) { ExcludesMinimum = true, ExcludesMaximum = true }, "auto"),
        Continuous("lr_scheduler_minimum_lr", "Where the learning rate stops falling.", AboveZero, "auto"),
        Integer("lr_scheduler_step", "Steps between falls of the learning rate.", Positive, "auto"),
        Continuous("margin", "Margin of the hinge loss.", AboveZero, "1.0"),
        Integer("mini_batch_size", "Rows per step.", Positive, "1000", new(100, 5000)),
        Continuous("momentum", "Momentum of sgd.", new(0, 1) { ExcludesMaximum = true }, "auto"),
        Flag("normalize_data", "Scale features to standard deviation 1.", "true", allowsAuto: true),
        Flag("normalize_label", "Scale a regressor's label to standard deviation 1.", "auto", allowsAuto: true),
        Integer("num_calibration_samples", "Rows the threshold is found on.", Positive, "auto"),
        Integer("num_models", "Models trained side by side.", new(1, 1024), "auto"),
        Integer("num_point_for_scaler", "Rows that means and deviations are taken from.", Positive, "10000"),
        Categorical("optimizer", "How weights follow gradients.", "auto", "auto", "sgd", "adam", "rmsprop"),
        Continuous("positive_example_weight_mult", "Weight of positive rows.", AboveZero, "1.0", new(1e-5, 1e5)) with { Words = ["balanced", "auto"] },
        Continuous("quantile", "Quantile of the quantile loss.", new(0, 1) { ExcludesMinimum = true, ExcludesMaximum = true }, "0.5"),
        Continuous("target_precision", "Precision to hold.", Share, "0.8"),
        Continuous("target_recall", "Recall to hold.", Share, "0.8"),
        Flag("unbias_data", "Shift features to mean 0.", "auto", allowsAuto: true),
        Flag("unbias_label", "Shift a regressor's label to mean 0.", "auto", allowsAuto: true),
        Flag("use_bias", "Learn a bias.", "true"),
        Flag("use_lr_scheduler", "Let the learning rate fall.", "true"),
        Continuous("wd", "L2 regularization.", NotNegative, "auto", new(1e-7, 1)),
        TuningMetric,
    ],
    CheckTogether);

    /// <summary>What they mean to the learner.</summary>
    public static LinearLearnerOptions Options(HyperparameterValues values)
    {
        var criterion = values.Text("binary_classifier_model_selection_criteria");
        return new()
        {
            Predictor = values.Text("predictor_type") switch
            {
                "regressor" => LinearPredictor.Regressor,
                "binary_classifier" => LinearPredictor.BinaryClassifier,
                _ => LinearPredictor.MulticlassClassifier,
            },
            Loss = Losses.TryGetValue(values.Text("loss"), out var loss) ? loss : null,
            ClassCount = values.IntegerOrNull("num_classes") ?? 2,
            Epochs = values.Integer("epochs"),
            BatchSize = values.IsGiven("mini_batch_size") ? values.Integer("mini_batch_size") : null,
            Optimizer = values.Text("optimizer") switch
            {
                "sgd" => LinearOptimizer.Sgd,
                "rmsprop" => LinearOptimizer.RmsProp,
                "adam" => LinearOptimizer.Adam,
                _ => LinearOptimizer.Automatic,
            },
            LearningRate = values.NumberOrNull("learning_rate"),
            L1 = values.NumberOrNull("l1"),
            WeightDecay = values.NumberOrNull("wd"),

            // A tuning job explores by itself, so each of its jobs trains one model, as in SageMaker.
            ModelCount = values.IsGiven("_tuning_objective_metric") ? 1 : values.IntegerOrNull("num_models"),
            Beta1 = Math.Min(values.NumberOrNull("beta_1") ?? 0.9, 0.9999999),
            Beta2 = Math.Min(values.NumberOrNull("beta_2") ?? 0.999, 0.9999999),
            Momentum = values.NumberOrNull("momentum") ?? 0.9,
            BiasLearningRateFactor = values.NumberOrNull("bias_lr_mult") ?? 1,
            BiasWeightDecayFactor = values.NumberOrNull("bias_wd_mult") ?? 0,
            UseBias = values.Flag("use_bias"),
            InitialBias = values.Number("init_bias"),
            InitialScale = values.Number("init_scale"),
            InitialSigma = values.Text("init_method") == "normal" ? values.Number("init_sigma") : null,
            UseSchedule = values.Flag("use_lr_scheduler"),
            ScheduleFactor = values.NumberOrNull("lr_scheduler_factor"),
            ScheduleStep = values.IntegerOrNull("lr_scheduler_step"),
            MinimumLearningRate = values.NumberOrNull("lr_scheduler_minimum_lr") ?? 1e-5,
            UnbiasData = values.Flag("unbias_data"),
            NormalizeData = values.Flag("normalize_data"),
            UnbiasLabel = values.Flag("unbias_label"),
            NormalizeLabel = values.Flag("normalize_label"),
            ScalerRows = values.Integer("num_point_for_scaler"),
            Insensitivity = values.Number("loss_insensitivity"),
            Quantile = values.Number("quantile"),
            HuberDelta = values.Number("huber_delta"),
            Margin = values.Number("margin"),
            PositiveWeight = values.NumberOrNull("positive_example_weight_mult"),
            BalanceClasses = values.Flag("balance_multiclass_weights"),
            Criterion = criterion switch
            {
                "f_beta" or "f1" => SelectionCriterion.FBeta,
                "precision_at_target_recall" => SelectionCriterion.PrecisionAtTargetRecall,
                "recall_at_target_precision" => SelectionCriterion.RecallAtTargetPrecision,
                "loss_function" => SelectionCriterion.LossFunction,
                _ => SelectionCriterion.Accuracy,
            },
            FBeta = criterion == "f1" ? 1 : values.Number("f_beta"),
            TargetRecall = values.Number("target_recall"),
            TargetPrecision = values.Number("target_precision"),
            CalibrationRows = values.IntegerOrNull("num_calibration_samples"),
            Patience = values.Integer("early_stopping_patience"),
            Tolerance = values.Number("early_stopping_tolerance"),
        };
    }

    private static void CheckTogether(IReadOnlyDictionary<string, string> values, List<string> errors)
    {
        var predictor = values["predictor_type"];
        if (predictor == "multiclass_classifier" && !values.ContainsKey("num_classes"))
        {
            errors.Add("Missing required hyperparameter: num_classes, which predictor_type multiclass_classifier needs");
        }

        if (values.TryGetValue("loss", out var name) && Losses.TryGetValue(name, out var loss))
        {
            var fits = predictor switch
            {
                "regressor" => loss < LinearLoss.Logistic,
                "binary_classifier" => loss is LinearLoss.Logistic or LinearLoss.Hinge,
                _ => loss is LinearLoss.Softmax or LinearLoss.Hinge,
            };
            if (!fits)
            {
                errors.Add($"Hyperparameter loss: {name} is not for predictor_type {predictor}");
            }
        }
    }
}
