using System.Globalization;
using Sagebrush.Algorithms.Formats;
using Sagebrush.Algorithms.Training;
using Sagebrush.Algorithms.Trees;
using Sagebrush.Learning.Metrics;
using Sagebrush.Learning.Networks;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Trees.Boosting;
using static Sagebrush.Algorithms.HyperparameterKinds;

namespace Sagebrush.Algorithms.Networks;

/// <summary>A network for tables, with embeddings of categories.</summary>
internal sealed class TabularMlpAlgorithm : IBuiltInAlgorithm
{
    public string Name => "tabular-mlp";

    public HyperparameterSchema Hyperparameters { get; } = new(
    [
        Categorical("predictor_type", "Whether labels are classes or numbers.", null, "classifier", "regressor") with { IsRequired = true },
        Categorical("loss", "The loss of a regressor.", "squared", "squared", "absolute"),
        Integer("epochs", "Times that all rows are seen at most.", Positive, "24", new(4, 64)),
        Integer("early_stopping_patience", "Epochs without improvement on the validation data after which learning ends; 0 for never.", NotNegative, "8"),
        Integer("mini_batch_size", "Rows per step.", new(2), "256", new(32, 1024)),
        Continuous("learning_rate", "Largest step.", new(1e-6, 1), "0.002", new(1e-4, 1e-2)),
        Continuous("weight_decay", "What weights lose beside their gradients.", new(0, 1), "0.01", new(1e-6, 0.1)),
        Continuous("dropout", "Share of a block's inner values that is left out in each step.", new(0, 0.9), "0.1", new(0, 0.5)),
        Integer("width", "Width of what goes from block to block.", new(1, 4096), "128", new(16, 512)),
        Integer("hidden_width", "Width within a block.", new(1, 4096), "128", new(16, 512)),
        Integer("blocks", "Number of residual blocks.", new(0, 32), "2", new(1, 6)),
        Categorical("encoding", "How numbers are seen: how far they fill quantile bins, by rank, or standardized.", "piecewise", "piecewise", "quantile", "standard"),
        Integer("bins", "Bins per number at most.", new(2, 256), "16", new(4, 64)),
        Integer("embedding_size", "Numbers an embedding has at most.", new(1, 512), "24", new(4, 64)),
        Flag("normalize_batches", "Whether batches are normalized.", "true"),
        Integer("num_threads", "Threads at most; 0 for all processors.", NotNegative, "0"),
        Integer("seed", "Seed of what is random.", NotNegative, "0"),
        TuningMetric,
    ]);

    public IReadOnlyList<ChannelSpecification> Channels { get; } =
        [new("train", false, TabularMediaTypes.Training), new("training", false, TabularMediaTypes.Training), new("validation", false, TabularMediaTypes.Training)];

    public IReadOnlyList<AlgorithmMetric> Metrics { get; } =
    [
        TabularJob.Definition("train", "epoch_loss", "loss", false, perEpoch: true), TabularJob.Definition("validation", "epoch_loss", "loss", false, perEpoch: true),
        TabularJob.Definition("validation", "accuracy", "score", true), TabularJob.Definition("validation", "logloss", "loss", false), TabularJob.Definition("validation", "auc", "score", true),
        TabularJob.Definition("validation", "rmse", "loss", false), TabularJob.Definition("validation", "r2", "score", true),
    ];

    public void Train(TrainingContext context, CancellationToken cancellationToken)
    {
        if (TabularJob.Begin(context, this) is not { } job)
        {
            return;
        }

        var data = TabularChannels.Read(context, long.Parse(job.Values.Text("seed"), CultureInfo.InvariantCulture), cancellationToken);
        var classes = job.Values.Text("predictor_type") == "classifier" ? ClassLabels.Of(data.Train.Labels, context.Log) : null;
        var options = Options(job.Values, classes?.Count ?? 0, data.Categories);
        var validationLabels = classes?.Encode(data.Validation.Labels, "validation") ?? data.Validation.Labels;
        var model = TabularMlp.Fit(
            data.Train.Features,
            classes?.Encode(data.Train.Labels, "train") ?? data.Train.Labels,
            options,
            validation: data.Validation.Features,
            validationLabels: validationLabels,
            progress: epoch =>
            {
                job.Metric("train epoch_loss", "loss", epoch.TrainLoss, epoch.Number);
                if (epoch.ValidationLoss is { } loss)
                {
                    job.Metric("validation epoch_loss", "loss", loss, epoch.Number);
                }

                job.Progress(epoch.Number / (double)options.Epochs);
            },
            cancellationToken: cancellationToken);
        Judge(job, model, data.Validation.Features, validationLabels);
        classes?.Save(context.Folder.Model);
        job.Save(model.Save());
    }

    public IInferenceModel Load(string modelFolder, string? imageVersion = null)
    {
        var model = TabularMlpModel.Load(TabularJob.Find(modelFolder));
        return ClassLabels.Load(modelFolder) is { } classes ? new Classes(model, classes) : new Numbers(model);
    }

    private static TabularMlpOptions Options(HyperparameterValues values, int classes, IReadOnlyList<int> categories) => new()
    {
        Objective = classes switch
        {
            0 => values.Text("loss") == "absolute" ? NetworkObjective.AbsoluteError : NetworkObjective.SquaredError,
            2 => NetworkObjective.Binary,
            _ => NetworkObjective.Multiclass,
        },
        ClassCount = classes,
        CategoricalFeatures = categories,
        Encoding = values.Text("encoding") switch { "quantile" => NumberEncoding.Quantile, "standard" => NumberEncoding.Standard, _ => NumberEncoding.PiecewiseLinear },
        Bins = values.Integer("bins"),
        EmbeddingSize = values.Integer("embedding_size"),
        Width = values.Integer("width"),
        HiddenWidth = values.Integer("hidden_width"),
        Blocks = values.Integer("blocks"),
        NormalizesBatches = values.Flag("normalize_batches"),
        Dropout = values.Number("dropout"),
        BatchSize = values.Integer("mini_batch_size"),
        Epochs = values.Integer("epochs"),
        Patience = values.Integer("early_stopping_patience"),
        LearningRate = values.Number("learning_rate"),
        WeightDecay = values.Number("weight_decay"),
        Threads = values.Integer("num_threads") is > 0 and var threads ? threads : TabularJob.Threads,
        Seed = values.Integer("seed"),
    };

    private static void Judge(TabularJob job, TabularMlpModel model, FeatureMatrix rows, float[] labels)
    {
        var outputs = new float[rows.RowCount * model.OutputCount];
        model.Predict(rows, outputs, TabularJob.Threads);
        switch (model.Objective)
        {
            case NetworkObjective.Binary:
                job.Metric("validation accuracy", "score", outputs.Zip(labels).Count(pair => pair.First >= 0.5f == pair.Second > 0.5f) / (double)labels.Length);
                job.Metric("validation logloss", "loss", ProbabilityMetrics.LogLoss(labels, outputs));
                job.Metric("validation auc", "score", labels.Distinct().Count() == 2 ? ProbabilityMetrics.RocAuc(labels, outputs) : double.NaN);
                break;
            case NetworkObjective.Multiclass:
                job.Metric("validation accuracy", "score", 1 - BoostingMetric.Find("multi_error")!.Evaluate(outputs, labels));
                job.Metric("validation logloss", "loss", BoostingMetric.Find("multi_logloss")!.Evaluate(outputs, labels));
                break;
            default:
                job.Metric("validation rmse", "loss", RegressionMetrics.RootMeanSquaredError(labels, outputs));
                job.Metric("validation r2", "score", RegressionMetrics.RSquared(labels, outputs));
                break;
        }
    }

    private sealed class Numbers(TabularMlpModel model) : TabularInference(model.FeatureCount, new("predictions", new AnswerField("score")))
    {
        protected override bool AllowsMissing => true;

        protected override void Predict(ReadOnlySpan<float> rows, int count, Span<float> answers) => model.PredictBatch(new(rows.ToArray(), count, model.FeatureCount), answers);
    }

    private sealed class Classes(TabularMlpModel model, ClassLabels classes) : TabularInference(
        model.FeatureCount, new("predictions", new AnswerField("predicted_label", IsWhole: true), new AnswerField("probabilities", classes.Count, IsVector: true)))
    {
        protected override bool AllowsMissing => true;

        protected override void Predict(ReadOnlySpan<float> rows, int count, Span<float> answers)
        {
            var outputs = new float[count * model.OutputCount];
            model.PredictBatch(new(rows.ToArray(), count, model.FeatureCount), outputs);
            for (var row = 0; row < count; row++)
            {
                var answer = answers.Slice(row * (classes.Count + 1), classes.Count + 1);
                if (model.OutputCount == 1)
                {
                    (answer[1], answer[2]) = (1 - outputs[row], outputs[row]);
                }
                else
                {
                    outputs.AsSpan(row * classes.Count, classes.Count).CopyTo(answer[1..]);
                }

                answer[0] = classes.Labels[System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(answer[1..])];
            }
        }
    }
}
