using Sagebrush.Learning.AutoML;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>SageMaker Autopilot: raw tables in, the best model out; and the container that serves what it made, under the name of SageMaker's.</summary>
internal sealed class AutopilotAlgorithm : IConfiguredAlgorithm
{
    public string Name => "sagemaker-sklearn-automl";

    public HyperparameterSchema Hyperparameters => AutopilotSettings.Schema;

    public IReadOnlyList<ChannelSpecification> Channels { get; } =
    [
        new("training", true, AutopilotTable.ContentTypes),
        new("validation", false, AutopilotTable.ContentTypes),
    ];

    public IReadOnlyList<AlgorithmMetric> Metrics { get; } = [new("validation:objective", @"best so far validation:objective=(\S+)", true)];

    public void Train(TrainingContext context, CancellationToken cancellationToken) => AutopilotTrainer.Run(context, cancellationToken);

    public IInferenceModel Load(string modelFolder, string? imageVersion = null) => Load(modelFolder, imageVersion, new Dictionary<string, string>());

    public IInferenceModel Load(string modelFolder, string? imageVersion, IReadOnlyDictionary<string, string> environment) =>
        new AutopilotInference(AutopilotModel.Load(modelFolder), InferenceKeys.Read(environment));
}
