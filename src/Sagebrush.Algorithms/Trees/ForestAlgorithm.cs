using System.Globalization;
using Sagebrush.Algorithms.Formats;
using Sagebrush.Algorithms.Training;
using Sagebrush.Learning.Trees.Boosting;
using Sagebrush.Learning.Trees.Forest;
using static Sagebrush.Algorithms.HyperparameterKinds;

namespace Sagebrush.Algorithms.Trees;

/// <summary>Random forests and extremely randomized trees.</summary>
/// <param name="name">The algorithm's name.</param>
/// <param name="isExtreme">Whether trees are extremely randomized.</param>
internal sealed class ForestAlgorithm(string name, bool isExtreme) : IBuiltInAlgorithm
{
    public static ForestAlgorithm RandomForest { get; } = new("random-forest", false);

    public static ForestAlgorithm ExtraTrees { get; } = new("extra-trees", true);

    public string Name => name;

    public HyperparameterSchema Hyperparameters { get; } = new(
    [
        Categorical("predictor_type", "Whether labels are classes or numbers.", null, "classifier", "regressor") with { IsRequired = true },
        Integer("n_estimators", "Number of trees.", Positive, "100", new(10, 500)),
        Text("max_features", "Features that a node tries: auto, sqrt, log2, all, a share below 1, or a number.", CheckFeatures, "auto"),
        Integer("max_depth", "Depth of a tree at most; 0 for no limit.", NotNegative, "0", new(2, 32)),
        Integer("min_samples_split", "Rows at least in a node that is split.", new(2), "2", new(2, 64)),
        Integer("min_samples_leaf", "Rows at least in a leaf.", Positive, "1", new(1, 64)),
        Continuous("min_impurity_decrease", "Decrease of the impurity at least for which a node is split.", NotNegative, "0"),
        Flag("bootstrap", "Whether each tree learns from rows drawn with replacement.", "auto", allowsAuto: true),
        Categorical("class_weight", "Whether classes weigh the same whatever their frequency.", "none", "none", "balanced"),
        Integer("num_threads", "Threads at most; 0 for all processors.", NotNegative, "0"),
        Integer("seed", "Seed of what is random.", NotNegative, "0"),
        TuningMetric,
    ]);

    public IReadOnlyList<ChannelSpecification> Channels { get; } = [new("train", true, TabularMediaTypes.Training), new("validation", false, TabularMediaTypes.Training)];

    public IReadOnlyList<AlgorithmMetric> Metrics { get; } =
    [
        TabularJob.Definition("out_of_bag", "accuracy", "score", true), TabularJob.Definition("out_of_bag", "r2", "score", true),
        TabularJob.Definition("validation", "accuracy", "score", true), TabularJob.Definition("validation", "logloss", "loss", false), TabularJob.Definition("validation", "auc", "score", true),
        TabularJob.Definition("validation", "rmse", "loss", false), TabularJob.Definition("validation", "r2", "score", true),
    ];

    public void Train(TrainingContext context, CancellationToken cancellationToken)
    {
        if (TabularJob.Begin(context, this) is not { } job)
        {
            return;
        }

        var isClassifier = job.Values.Text("predictor_type") == "classifier";
        var train = job.Read("train", LabelUse.Required, null, cancellationToken, allowsMissing: true)!;
        var validation = job.Read("validation", LabelUse.Required, train.Features.ColumnCount, cancellationToken, allowsMissing: true);
        var classes = isClassifier ? ClassLabels.Of(train.Labels, context.Log) : null;
        var options = Options(job.Values, classes?.Count ?? 0, train.Features.ColumnCount);
        var model = Learning.Trees.Forest.RandomForest.Fit(
            train.Features, classes?.Encode(train.Labels, "train") ?? train.Labels, options, cancellationToken: cancellationToken);
        if (model.OutOfBag is { Score: var score } && double.IsFinite(score))
        {
            job.Metric(isClassifier ? "out_of_bag accuracy" : "out_of_bag r2", "score", score);
        }

        if (validation is not null)
        {
            Judge(job, model, validation, classes);
        }

        classes?.Save(context.Folder.Model);
        job.Save(model.Save());
    }

    public IInferenceModel Load(string modelFolder, string? imageVersion = null)
    {
        var model = ForestModel.Load(TabularJob.Find(modelFolder));
        return ClassLabels.Load(modelFolder) is { } classes ? new Classes(model, classes) : new Numbers(model);
    }

    private static void Judge(TabularJob job, ForestModel model, TrainingTable rows, ClassLabels? classes)
    {
        var outputs = new float[rows.RowCount * model.OutputCount];
        model.Predict(rows.Features, outputs, TabularJob.Threads);
        if (classes is null)
        {
            job.Metric("validation rmse", "loss", Learning.Metrics.RegressionMetrics.RootMeanSquaredError(rows.Labels, outputs));
            job.Metric("validation r2", "score", Learning.Metrics.RegressionMetrics.RSquared(rows.Labels, outputs));
            return;
        }

        var labels = classes.Encode(rows.Labels, "validation");
        job.Metric("validation accuracy", "score", 1 - BoostingMetric.Find("multi_error")!.Evaluate(outputs, labels));
        job.Metric("validation logloss", "loss", BoostingMetric.Find("multi_logloss")!.Evaluate(outputs, labels));
        if (classes.Count == 2)
        {
            job.Metric("validation auc", "score", BoostingMetric.Find("auc")!.Evaluate([.. outputs.Where((_, at) => at % 2 == 1)], labels));
        }
    }

    private static string? CheckFeatures(string text) =>
        text is "auto" or "sqrt" or "log2" or "all" || (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0 && (number < 1 || number == Math.Truncate(number)))
            ? null
            : $"'{text}' is not auto, sqrt, log2, all, a share below 1, or a whole number";

    private ForestOptions Options(HyperparameterValues values, int classes, int features)
    {
        var bootstrap = values.Text("bootstrap") == "auto" ? !isExtreme : values.Flag("bootstrap");
        return new()
        {
            ClassCount = classes,
            IsExtremelyRandomized = isExtreme,
            TreeCount = values.Integer("n_estimators"),
            FeaturesPerNode = values.Text("max_features") switch
            {
                "auto" => null,
                "sqrt" => Math.Max(1, (int)Math.Sqrt(features)),
                "log2" => Math.Max(1, (int)Math.Log2(features)),
                "all" => features,
                _ => values.Number("max_features") is var number && number < 1 ? Math.Max(1, (int)(number * features)) : Math.Min(features, (int)number),
            },
            MaxDepth = values.Integer("max_depth"),
            MinSplitRows = values.Integer("min_samples_split"),
            MinLeafRows = values.Integer("min_samples_leaf"),
            MinImpurityDecrease = values.Number("min_impurity_decrease"),
            Bootstrap = bootstrap,
            ScoresOutOfBag = bootstrap,
            BalancesClasses = classes > 0 && values.Text("class_weight") == "balanced",
            Threads = values.Integer("num_threads") is > 0 and var threads ? threads : TabularJob.Threads,
            Seed = values.Integer("seed"),
        };
    }

    private sealed class Numbers(ForestModel model) : TabularInference(model.FeatureCount, new("predictions", new AnswerField("score")))
    {
        protected override bool AllowsMissing => true;

        protected override void Predict(ReadOnlySpan<float> rows, int count, Span<float> answers) => model.Evaluator.PredictMargins(rows, answers);
    }

    private sealed class Classes(ForestModel model, ClassLabels classes) : TabularInference(
        model.FeatureCount, new("predictions", new AnswerField("predicted_label", IsWhole: true), new AnswerField("probabilities", classes.Count, IsVector: true)))
    {
        protected override bool AllowsMissing => true;

        protected override void Predict(ReadOnlySpan<float> rows, int count, Span<float> answers)
        {
            var outputs = new float[count * classes.Count];
            model.Evaluator.PredictMargins(rows, outputs);
            for (var row = 0; row < count; row++)
            {
                var mine = outputs.AsSpan(row * classes.Count, classes.Count);
                var answer = answers.Slice(row * (classes.Count + 1), classes.Count + 1);
                answer[0] = classes.Labels[System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(mine)];
                mine.CopyTo(answer[1..]);
            }
        }
    }
}
