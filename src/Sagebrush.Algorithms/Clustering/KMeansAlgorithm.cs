using Sagebrush.Algorithms.Formats;
using Sagebrush.Algorithms.Training;
using Sagebrush.Learning.Clustering;
using static Sagebrush.Algorithms.HyperparameterKinds;

namespace Sagebrush.Algorithms.Clustering;

/// <summary>SageMaker's k-means.</summary>
internal sealed class KMeansAlgorithm : IBuiltInAlgorithm
{
    public string Name => "kmeans";

    public HyperparameterSchema Hyperparameters { get; } = new(
    [
        Integer("feature_dim", "Number of features.", Positive) with { IsRequired = true },
        Integer("k", "Number of clusters.", Positive) with { IsRequired = true },
        Integer("epochs", "Passes over the data.", Positive, "1", new(1, 10)),
        WordList("eval_metrics", "What the test channel is scored by.", "[\"msd\"]", "msd", "ssd"),
        Integer("extra_center_factor", "Centers of the stream per cluster.", Positive, "auto", new(4, 10)),
        Integer("half_life_time_size", "Rows after which a row counts half; 0 for never.", NotNegative, "0"),
        Categorical("init_method", "How the stream's first centers are chosen.", "random", "random", "kmeans++"),
        Categorical("local_lloyd_init_method", "How the final clusters are first chosen.", "kmeans++", "random", "kmeans++"),
        Integer("local_lloyd_max_iter", "Iterations of the reduction to the final clusters.", Positive, "300"),
        Integer("local_lloyd_num_trials", "How often the reduction is tried.", Positive, "auto"),
        Continuous("local_lloyd_tol", "Change of the loss at which the reduction ends.", Share, "0.0001"),
        Integer("mini_batch_size", "Rows per batch.", Positive, "5000", new(3000, 15000)),
        TuningMetric,
    ]);

    public IReadOnlyList<ChannelSpecification> Channels { get; } = [new("train", true, TabularMediaTypes.Training), new("test", false, TabularMediaTypes.Training)];

    public IReadOnlyList<AlgorithmMetric> Metrics { get; } =
    [
        TabularJob.Definition("train", "msd", "loss", false, perEpoch: true),
        TabularJob.Definition("test", "msd", "loss", false),
        TabularJob.Definition("test", "ssd", "loss", false),
    ];

    public void Train(TrainingContext context, CancellationToken cancellationToken)
    {
        if (TabularJob.Begin(context, this) is not { } job)
        {
            return;
        }

        var values = job.Values;
        var features = values.Integer("feature_dim");
        var clusters = values.Integer("k");
        var train = job.Read("train", LabelUse.Optional, features, cancellationToken)!;
        var test = job.Read("test", LabelUse.Optional, features, cancellationToken);
        if (train.RowCount < clusters)
        {
            throw new CustomerErrorException($"The train channel has {train.RowCount} rows, fewer than the {clusters} clusters of hyperparameter k.");
        }

        var epochs = values.Integer("epochs");
        var model = new KMeans(new()
        {
            ClusterCount = clusters,
            Epochs = epochs,
            BatchSize = values.Integer("mini_batch_size"),
            ExtraCenterFactor = values.IntegerOrNull("extra_center_factor"),
            HalfLifeRows = values.Integer("half_life_time_size"),
            SpreadsCenters = values.Text("init_method") == "kmeans++",
            SpreadsClusters = values.Text("local_lloyd_init_method") == "kmeans++",
            ReductionIterations = values.Integer("local_lloyd_max_iter"),
            ReductionTrials = values.IntegerOrNull("local_lloyd_num_trials"),
            Tolerance = values.Number("local_lloyd_tol"),
            Threads = TabularJob.Threads,
        }).Fit(
            train.Features,
            (epoch, loss) =>
            {
                job.Metric("train msd", "loss", loss, epoch);
                job.Progress((epoch + 1.0) / epochs);
            },
            cancellationToken);
        if (test is not null)
        {
            var distances = new float[test.RowCount];
            model.Predict(test.Features, new int[test.RowCount], distances);
            var sum = distances.Sum(distance => (double)distance);
            foreach (var metric in Words(values.Text("eval_metrics")))
            {
                job.Metric($"test {metric}", "loss", metric == "ssd" ? sum : sum / test.RowCount);
            }
        }

        job.Save(model.Save());
    }

    public IInferenceModel Load(string modelFolder, string? imageVersion = null) => new Inference(KMeansModel.Load(TabularJob.Find(modelFolder)));

    private sealed class Inference(KMeansModel model)
        : TabularInference(model.FeatureCount, new("predictions", new("closest_cluster"), new("distance_to_cluster")))
    {
        protected override void Predict(ReadOnlySpan<float> rows, int count, Span<float> answers)
        {
            var clusters = new int[count];
            var distances = new float[count];
            model.Predict(new(rows.ToArray(), count, model.FeatureCount), clusters, distances);
            for (var i = 0; i < count; i++)
            {
                answers[2 * i] = clusters[i];
                answers[(2 * i) + 1] = MathF.Sqrt(distances[i]);
            }
        }
    }
}
