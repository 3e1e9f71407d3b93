using Sagebrush.Algorithms.Formats;
using Sagebrush.Algorithms.Training;
using Sagebrush.Learning.Trees.Boosting;

namespace Sagebrush.Algorithms.Trees;

/// <summary>SageMaker's LightGBM under the names its models have there, trained by the booster of this program.</summary>
/// <param name="name">Its name.</param>
/// <param name="isClassifier">Whether labels are classes.</param>
internal sealed class LightGbmAlgorithm(string name, bool isClassifier) : IBuiltInAlgorithm
{
    private static readonly BoostingObjective[] Classification = [BoostingObjective.Binary, BoostingObjective.Multiclass];

    public static LightGbmAlgorithm Classifier { get; } = new("lightgbm-classification-model", true);

    public static LightGbmAlgorithm Regressor { get; } = new("lightgbm-regression-model", false);

    public string Name => name;

    public HyperparameterSchema Hyperparameters { get; } = LightGbmHyperparameters.Schema(isClassifier ? Classification : [BoostingObjective.SquaredError]);

    public IReadOnlyList<ChannelSpecification> Channels { get; } =
    [
        new("train", false, [InferenceMediaTypes.Csv]), new("training", false, [InferenceMediaTypes.Csv]), new("validation", false, [InferenceMediaTypes.Csv]),
    ];

    public IReadOnlyList<AlgorithmMetric> Metrics { get; } =
    [
        .. BoostingMetric.All
            .Where(metric => metric.Objectives.Any(isClassifier ? Classification.Contains : objective => objective == BoostingObjective.SquaredError))
            .Select(metric => new AlgorithmMetric(metric.Name, $"[ ']{metric.Name}: ([0-9\\.]+)", metric.IsMaximized)),
    ];

    public void Train(TrainingContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var values = HyperparameterValues.Check(Hyperparameters, context.Hyperparameters);
        if (HostRole.Trains(context))
        {
            new LightGbmTrainer(context, values, isClassifier).Run(cancellationToken);
        }
    }

    public IInferenceModel Load(string modelFolder, string? imageVersion = null)
    {
        var model = GradientBoostingModel.Load(TabularJob.Find(modelFolder));
        return ClassLabels.Load(modelFolder) is { } classes ? new Classes(model, classes) : new Numbers(model);
    }

    private sealed class Numbers(GradientBoostingModel model)
        : TabularInference(model.FeatureCount, new("prediction", new AnswerField("prediction")) { IsColumnar = true })
    {
        protected override bool AllowsMissing => true;

        protected override string DefaultInput => InferenceMediaTypes.Csv;

        protected override void Predict(ReadOnlySpan<float> rows, int count, Span<float> answers) => model.PredictBatch(rows, answers);
    }

    private sealed class Classes(GradientBoostingModel model, ClassLabels classes) : TabularInference(
        model.FeatureCount,
        new("probabilities", new AnswerField("probabilities", classes.Count, IsVector: true)) { IsColumnar = true },
        new("probabilities", new("probabilities", classes.Count, IsVector: true), new("predicted_label", IsWhole: true))
        {
            IsColumnar = true, Shared = ("labels", classes.Labels),
        })
    {
        protected override bool AllowsMissing => true;

        protected override string DefaultInput => InferenceMediaTypes.Csv;

        protected override void Predict(ReadOnlySpan<float> rows, int count, Span<float> answers)
        {
            var outputs = new float[count * model.OutputCount];
            model.PredictBatch(rows, outputs);
            var width = answers.Length / count;
            for (var row = 0; row < count; row++)
            {
                var answer = answers.Slice(row * width, width);
                if (model.OutputCount == 1)
                {
                    (answer[0], answer[1]) = (1 - outputs[row], outputs[row]);
                }
                else
                {
                    outputs.AsSpan(row * model.OutputCount, model.OutputCount).CopyTo(answer);
                }

                if (width > classes.Count)
                {
                    answer[classes.Count] = classes.Labels[System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(answer[..classes.Count])];
                }
            }
        }
    }
}
