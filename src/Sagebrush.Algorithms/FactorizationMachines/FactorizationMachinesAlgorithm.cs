using Sagebrush.Algorithms.Formats;
using Sagebrush.Algorithms.Training;
using Sagebrush.Learning.Factorization;
using Sagebrush.Learning.Metrics;
using Sagebrush.Learning.Tables;
using static Sagebrush.Algorithms.HyperparameterKinds;

namespace Sagebrush.Algorithms.FactorizationMachines;

/// <summary>SageMaker's factorization machines.</summary>
internal sealed class FactorizationMachinesAlgorithm : IBuiltInAlgorithm
{
    private static readonly HyperparameterRange Tunable = new(1e-8, 512);

    public string Name => "factorization-machines";

    public HyperparameterSchema Hyperparameters { get; } = new(
    [
        Integer("feature_dim", "Number of features.", Positive) with { IsRequired = true },
        Integer("num_factors", "Number of factors per feature.", Positive) with { IsRequired = true },
        Categorical("predictor_type", "What is predicted.", null, "binary_classifier", "regressor") with { IsRequired = true },
        .. Term("bias", "0.1", "0.01", "0.01"),
        .. Term("linear", "0.001", "0.001", "0.01"),
        .. Term("factors", "0.0001", "0.00001", "0.001"),
        Continuous("clip_gradient", "Where gradients are cut off.", AboveZero),
        Integer("epochs", "Passes over the data.", Positive, "1", new(1, 1000)),
        Continuous("eps", "Keeps steps from dividing by 0.", NotNegative),
        Integer("mini_batch_size", "Rows per step.", Positive, "1000", new(100, 10_000)),
        Continuous("rescale_grad", "Factor of the sums of gradients; 1 over the rows of a step when not given.", AboveZero),
        TuningMetric,
    ]);

    public IReadOnlyList<ChannelSpecification> Channels { get; } = [new("train", true, [TabularMediaTypes.RecordIo]), new("test", false, [TabularMediaTypes.RecordIo])];

    public IReadOnlyList<AlgorithmMetric> Metrics { get; } =
    [
        TabularJob.Definition("train", "mse", "loss", false, perEpoch: true),
        TabularJob.Definition("train", "binary_classification_cross_entropy", "loss", false, perEpoch: true),
        TabularJob.Definition("test", "rmse", "loss", false),
        TabularJob.Definition("test", "binary_classification_cross_entropy", "loss", false),
        TabularJob.Definition("test", "binary_classification_accuracy", "score", true),
        TabularJob.Definition("test", "binary_f_beta", "score", true),
    ];

    public void Train(TrainingContext context, CancellationToken cancellationToken)
    {
        if (TabularJob.Begin(context, this) is not { } job)
        {
            return;
        }

        var options = Options(job.Values);
        var features = job.Values.Integer("feature_dim");
        var train = job.ReadSparse("train", features, cancellationToken)!;
        var test = job.ReadSparse("test", features, cancellationToken);
        var metric = options.IsClassifier ? "train binary_classification_cross_entropy" : "train mse";
        FactorizationMachineModel model;
        try
        {
            model = new FactorizationMachine(options).Fit(
                train,
                (epoch, loss) =>
                {
                    job.Metric(metric, "loss", loss, epoch);
                    job.Progress((epoch + 1.0) / options.Epochs);
                },
                cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw new CustomerErrorException($"Factorization machines cannot train on these data: {e.Message}", e);
        }

        if (test is not null)
        {
            Judge(job, model, test);
        }

        job.Save(model.Save());
    }

    public IInferenceModel Load(string modelFolder, string? imageVersion = null) => new Inference(FactorizationMachineModel.Load(TabularJob.Find(modelFolder)));

    private static void Judge(TabularJob job, FactorizationMachineModel model, SparseTable test)
    {
        var predicted = new float[test.RowCount];
        for (var i = 0; i < predicted.Length; i++)
        {
            var (from, to) = ((int)test.RowStarts[i], (int)test.RowStarts[i + 1]);
            predicted[i] = model.Predict(test.Indices.AsSpan(from..to), test.Values.AsSpan(from..to));
        }

        if (!model.IsClassifier)
        {
            job.Metric("test rmse", "loss", RegressionMetrics.RootMeanSquaredError(test.Labels, predicted));
            return;
        }

        var matrix = ConfusionMatrix.Count(test.Labels, predicted);
        job.Metric("test binary_classification_cross_entropy", "loss", ProbabilityMetrics.LogLoss(test.Labels, predicted));
        job.Metric("test binary_classification_accuracy", "score", matrix.Accuracy);
        job.Metric("test binary_f_beta", "score", matrix.F1(1));
    }

    private static HyperparameterSpecification[] Term(string name, string rate, string decay, string sigma) =>
    [
        Categorical($"{name}_init_method", "How it is initialized.", "normal", "normal", "uniform", "constant"),
        Continuous($"{name}_init_scale", "Range of uniform initial values.", NotNegative, null, Tunable),
        Continuous($"{name}_init_sigma", "Standard deviation of normal initial values.", NotNegative, sigma, Tunable),
        Continuous($"{name}_init_value", "Constant initial value.", null, null, Tunable),
        Continuous($"{name}_lr", "Learning rate.", NotNegative, rate, Tunable),
        Continuous($"{name}_wd", "Weight decay.", NotNegative, decay, Tunable),
    ];

    private static FactorizationMachineOptions Options(HyperparameterValues values)
    {
        TermOptions Of(string name)
        {
            var method = values.Text($"{name}_init_method");
            return new(
                values.Number($"{name}_lr"),
                values.Number($"{name}_wd"),
                method == "normal" ? values.Number($"{name}_init_sigma") : null,
                method == "uniform" ? values.NumberOrNull($"{name}_init_scale") ?? 0.001 : null,
                values.NumberOrNull($"{name}_init_value") ?? 0);
        }

        return new()
        {
            IsClassifier = values.Text("predictor_type") == "binary_classifier",
            FactorCount = values.Integer("num_factors"),
            Epochs = values.Integer("epochs"),
            BatchSize = values.Integer("mini_batch_size"),
            Bias = Of("bias"),
            Linear = Of("linear"),
            Factors = Of("factors"),
            Clip = values.NumberOrNull("clip_gradient"),
            Rescale = values.NumberOrNull("rescale_grad"),
            Epsilon = values.NumberOrNull("eps") ?? 1e-8,
            Threads = TabularJob.Threads,
        };
    }

    private sealed class Inference(FactorizationMachineModel model) : TabularInference(
        model.FeatureCount,
        model.IsClassifier ? new("predictions", new("score"), new("predicted_label", IsWhole: true)) : new("predictions", new AnswerField("score")))
    {
        protected override void Predict(ReadOnlySpan<float> rows, int count, Span<float> answers)
        {
            var width = model.IsClassifier ? 2 : 1;
            for (var i = 0; i < count; i++)
            {
                var score = model.Predict(rows.Slice(i * model.FeatureCount, model.FeatureCount));
                answers[i * width] = score;
                if (model.IsClassifier)
                {
                    answers[(i * width) + 1] = score > 0.5f ? 1 : 0;
                }
            }
        }
    }
}
