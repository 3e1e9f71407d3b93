using Sagebrush.Algorithms.Formats;
using Sagebrush.Algorithms.Training;
using Sagebrush.Learning.Anomaly;
using Sagebrush.Learning.Metrics;
using static Sagebrush.Algorithms.HyperparameterKinds;

namespace Sagebrush.Algorithms.Anomaly;

/// <summary>SageMaker's random cut forest.</summary>
internal sealed class RandomCutForestAlgorithm : IBuiltInAlgorithm
{
    /// <summary>Standard deviations above the mean score of the training rows from which a row counts as an anomaly.</summary>
    private const double Deviations = 3;

    private const int RowsForThreshold = 20_000;

    public string Name => "randomcutforest";

    public HyperparameterSchema Hyperparameters { get; } = new(
    [
        Integer("feature_dim", "Number of features.", new(1, 10_000)) with { IsRequired = true },
        WordList("eval_metrics", "What the test channel is scored by.", "[\"accuracy\", \"precision_recall_fscore\"]", "accuracy", "precision_recall_fscore"),
        Integer("num_samples_per_tree", "Random rows per tree.", new(1, 2048), "256", new(1, 2048)),
        Integer("num_trees", "Number of trees.", new(50, 1000), "100", new(50, 1000)),
        TuningMetric,
    ]);

    public IReadOnlyList<ChannelSpecification> Channels { get; } = [new("train", true, TabularMediaTypes.Training), new("test", false, TabularMediaTypes.Training)];

    public IReadOnlyList<AlgorithmMetric> Metrics { get; } =
        [.. ((string[])["accuracy", "precision", "recall", "f1"]).Select(name => TabularJob.Definition("test", name, "score", true))];

    public void Train(TrainingContext context, CancellationToken cancellationToken)
    {
        if (TabularJob.Begin(context, this) is not { } job)
        {
            return;
        }

        var features = job.Values.Integer("feature_dim");
        var train = job.Read("train", LabelUse.Optional, features, cancellationToken)!;
        var test = job.Read("test", LabelUse.Required, features, cancellationToken);
        var model = new RandomCutForest(new()
        {
            TreeCount = job.Values.Integer("num_trees"),
            RowsPerTree = job.Values.Integer("num_samples_per_tree"),
            Threads = TabularJob.Threads,
        }).Fit(train.Features, cancellationToken);
        if (test is not null)
        {
            Judge(job, model, train, test);
        }

        job.Save(model.Save());
    }

    public IInferenceModel Load(string modelFolder, string? imageVersion = null) => new Inference(RandomCutForestModel.Load(TabularJob.Find(modelFolder)));

    private static void Judge(TabularJob job, RandomCutForestModel model, TrainingTable train, TrainingTable test)
    {
        var usual = model.Score(train.Features.Rows(0, Math.Min(RowsForThreshold, train.RowCount)), TabularJob.Threads);
        var mean = usual.Average(score => (double)score);
        var deviation = Math.Sqrt(usual.Average(score => (score - mean) * (score - mean)));
        var threshold = mean + (Deviations * deviation);
        job.Log.Info(FormattableString.Invariant($"Scores above {threshold:0.####} count as anomalies: {Deviations} standard deviations above the mean of the training rows."));
        var matrix = ConfusionMatrix.Count(test.Labels, model.Score(test.Features, TabularJob.Threads), (float)threshold);
        var metrics = Words(job.Values.Text("eval_metrics"));
        if (metrics.Contains("accuracy"))
        {
            job.Metric("test accuracy", "score", matrix.Accuracy);
        }

        if (metrics.Contains("precision_recall_fscore"))
        {
            job.Metric("test precision", "score", matrix.Precision(1));
            job.Metric("test recall", "score", matrix.Recall(1));
            job.Metric("test f1", "score", matrix.F1(1));
        }
    }

    private sealed class Inference(RandomCutForestModel model) : TabularInference(model.FeatureCount, new("scores", new AnswerField("score")))
    {
        protected override void Predict(ReadOnlySpan<float> rows, int count, Span<float> answers)
        {
            for (var i = 0; i < count; i++)
            {
                answers[i] = model.Score(rows.Slice(i * model.FeatureCount, model.FeatureCount));
            }
        }
    }
}
