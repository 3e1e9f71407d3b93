namespace Sagebrush.Algorithms.XGBoost;

/// <summary>SageMaker's built-in XGBoost.</summary>
internal sealed class XGBoostAlgorithm : IBuiltInAlgorithm
{
    public string Name => "xgboost";

    public HyperparameterSchema Hyperparameters => XGBoostHyperparameters.Schema;

    public IReadOnlyList<ChannelSpecification> Channels { get; } =
    [
        new("train", true, XGBoostContentType.Supported),
        new("validation", false, XGBoostContentType.Supported),
        new(XGBoostBaseModel.Channel, false, [XGBoostBaseModel.ContentType]),
    ];

    public IReadOnlyList<AlgorithmMetric> Metrics => XGBoostMetrics.Definitions;

    public void Train(TrainingContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var trainer = new XGBoostTrainer(context);
        trainer.Run(cancellationToken);
    }

    public IInferenceModel Load(string modelFolder, string? imageVersion = null) =>
        XGBoostInference.Load(modelFolder, XGBoostAnswerStyle.ForImageVersion(imageVersion));
}
