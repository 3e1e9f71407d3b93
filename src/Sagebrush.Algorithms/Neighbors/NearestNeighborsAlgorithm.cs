using System.Globalization;
using Sagebrush.Algorithms.Formats;
using Sagebrush.Algorithms.Training;
using Sagebrush.Learning.Metrics;
using Sagebrush.Learning.Neighbors;
using static Sagebrush.Algorithms.HyperparameterKinds;

namespace Sagebrush.Algorithms.Neighbors;

/// <summary>SageMaker's k nearest neighbors.</summary>
internal sealed class NearestNeighborsAlgorithm : IBuiltInAlgorithm
{
    public string Name => "knn";

    public HyperparameterSchema Hyperparameters { get; } = new(
    [
        Integer("feature_dim", "Number of features.", Positive) with { IsRequired = true },
        Integer("k", "Number of neighbors.", Positive, tunable: new(1, 1024)) with { IsRequired = true },
        Categorical("predictor_type", "Whether neighbors vote for a class or their numbers are averaged.", null, "classifier", "regressor") with { IsRequired = true },
        Integer("sample_size", "Random rows of the train channel that are kept.", Positive, tunable: new(256, 20_000_000)) with { IsRequired = true },
        Integer("dimension_reduction_target", "Features to reduce to.", Positive),
        Categorical("dimension_reduction_type", "How features are reduced.", null, "sign", "fjlt"),
        Integer("faiss_index_ivf_nlists", "Lists of an inverted file.", Positive, "auto"),
        Integer("faiss_index_pq_m", "Bytes per row of faiss.IVFPQ.", new(1, 128)),
        Categorical("index_metric", "What makes rows near.", "L2", "L2", "INNER_PRODUCT", "COSINE"),
        Categorical("index_type", "How neighbors are found.", "faiss.Flat", "faiss.Flat", "faiss.IVFFlat", "faiss.IVFPQ"),
        Integer("mini_batch_size", "Rows read at a time; the result does not depend on it.", Positive, "5000"),
        TuningMetric,
    ],
    CheckTogether);

    public IReadOnlyList<ChannelSpecification> Channels { get; } = [new("train", true, TabularMediaTypes.Training), new("test", false, TabularMediaTypes.Training)];

    public IReadOnlyList<AlgorithmMetric> Metrics { get; } =
        [TabularJob.Definition("test", "accuracy", "score", true), TabularJob.Definition("test", "mse", "loss", false)];

    public void Train(TrainingContext context, CancellationToken cancellationToken)
    {
        if (TabularJob.Begin(context, this) is not { } job)
        {
            return;
        }

        var features = job.Values.Integer("feature_dim");
        var options = Options(job.Values);
        var train = job.Read("train", LabelUse.Required, features, cancellationToken)!;
        var test = job.Read("test", LabelUse.Required, features, cancellationToken);
        var model = NearestNeighborsModel.Fit(train.Features, train.Labels, options, cancellationToken: cancellationToken);
        if (test is not null)
        {
            var predicted = new float[test.RowCount];
            model.Predict(test.Features, predicted, new float[test.RowCount * model.NeighborCount], new float[test.RowCount * model.NeighborCount]);
            if (options.IsClassifier)
            {
                job.Metric("test accuracy", "score", test.Labels.Zip(predicted).Count(pair => pair.First == pair.Second) / (double)test.RowCount);
            }
            else
            {
                job.Metric("test mse", "loss", RegressionMetrics.MeanSquaredError(test.Labels, predicted));
            }
        }

        job.Save(model.Save());
    }

    public IInferenceModel Load(string modelFolder, string? imageVersion = null) => new Inference(NearestNeighborsModel.Load(TabularJob.Find(modelFolder)));

    private static NearestNeighborsOptions Options(HyperparameterValues values) => new()
    {
        NeighborCount = values.Integer("k"),
        IsClassifier = values.Text("predictor_type") == "classifier",
        SampleSize = values.Integer("sample_size"),
        ReducedFeatureCount = values.IntegerOrNull("dimension_reduction_target"),
        ReducesFast = values.TextOrNull("dimension_reduction_type") == "fjlt",
        Index = new()
        {
            Metric = values.Text("index_metric") switch
            {
                "INNER_PRODUCT" => NeighborMetric.InnerProduct,
                "COSINE" => NeighborMetric.Cosine,
                _ => NeighborMetric.Euclidean,
            },
            Kind = values.Text("index_type") switch
            {
                "faiss.IVFFlat" => NeighborIndexKind.InvertedFile,
                "faiss.IVFPQ" => NeighborIndexKind.ProductQuantized,
                _ => NeighborIndexKind.Flat,
            },
            ListCount = values.IntegerOrNull("faiss_index_ivf_nlists"),
            CodeBytes = values.IntegerOrNull("faiss_index_pq_m") ?? 8,
        },
    };

    private static void CheckTogether(IReadOnlyDictionary<string, string> values, List<string> errors)
    {
        if (values.ContainsKey("dimension_reduction_type") != values.ContainsKey("dimension_reduction_target"))
        {
            errors.Add("Hyperparameters dimension_reduction_type and dimension_reduction_target are given together or not at all");
        }

        if (values.TryGetValue("dimension_reduction_target", out var target)
            && long.Parse(target, CultureInfo.InvariantCulture) >= long.Parse(values["feature_dim"], CultureInfo.InvariantCulture))
        {
            errors.Add($"Hyperparameter dimension_reduction_target: {target} is not less than feature_dim, {values["feature_dim"]}");
        }

        if (values.GetValueOrDefault("index_type") == "faiss.IVFPQ" && values.GetValueOrDefault("index_metric", "L2") != "L2")
        {
            errors.Add("Hyperparameter index_metric: faiss.IVFPQ supports L2 only");
        }
    }

    private sealed class Inference(NearestNeighborsModel model) : TabularInference(
        model.FeatureCount,
        new("predictions", new AnswerField("predicted_label")),
        new("predictions", new("predicted_label"), new("distances", model.NeighborCount, IsVector: true), new("labels", model.NeighborCount, IsVector: true)))
    {
        protected override void Predict(ReadOnlySpan<float> rows, int count, Span<float> answers)
        {
            var neighbors = model.NeighborCount;
            var (predictions, labels, distances) = (new float[count], new float[count * neighbors], new float[count * neighbors]);
            model.Predict(new(rows.ToArray(), count, model.FeatureCount), predictions, labels, distances);
            if (answers.Length == count)
            {
                predictions.CopyTo(answers);
                return;
            }

            for (var i = 0; i < count; i++)
            {
                var answer = answers.Slice(i * (1 + (2 * neighbors)), 1 + (2 * neighbors));
                answer[0] = predictions[i];
                distances.AsSpan(i * neighbors, neighbors).CopyTo(answer[1..]);
                labels.AsSpan(i * neighbors, neighbors).CopyTo(answer[(1 + neighbors)..]);
            }
        }
    }
}
