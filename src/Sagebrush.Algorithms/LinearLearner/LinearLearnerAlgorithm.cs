using Sagebrush.Algorithms.Formats;
using Sagebrush.Algorithms.Training;

namespace Sagebrush.Algorithms.LinearLearner;

/// <summary>SageMaker's linear learner.</summary>
internal sealed class LinearLearnerAlgorithm : IBuiltInAlgorithm
{
    private static readonly (string Name, bool IsMaximized)[] Scores =
    [
        ("binary_classification_accuracy", true), ("binary_f_beta", true), ("precision", true), ("recall", true), ("roc_auc_score", true),
        ("multiclass_accuracy", true), ("multiclass_top_k_accuracy", true), ("dcg", true), ("macro_recall", true), ("macro_precision", true), ("macro_f_beta", true),
    ];

    public string Name => "linear-learner";

    public HyperparameterSchema Hyperparameters => LinearLearnerHyperparameters.Schema;

    public IReadOnlyList<ChannelSpecification> Channels { get; } =
    [
        new("train", true, TabularMediaTypes.Training),
        new("validation", false, TabularMediaTypes.Training),
        new("test", false, TabularMediaTypes.Training),
    ];

    public IReadOnlyList<AlgorithmMetric> Metrics { get; } =
    [
        TabularJob.Definition("train", "objective_loss", "loss", false, perEpoch: true, "\\S+_objective"),
        TabularJob.Definition("validation", "objective_loss", "loss", false, perEpoch: true, "\\S+_objective"),
        TabularJob.Definition("test", "objective_loss", "loss", false),
        .. from dataSet in (string[])["validation", "test"]
           from metric in (string[])["absolute_loss", "mse", "rmse"]
           select TabularJob.Definition(dataSet, metric, "loss", false),
        .. from dataSet in (string[])["validation", "test"]
           from metric in Scores
           select TabularJob.Definition(dataSet, metric.Name, "score", metric.IsMaximized),
    ];

    public void Train(TrainingContext context, CancellationToken cancellationToken)
    {
        if (TabularJob.Begin(context, this) is { } job)
        {
            LinearLearnerTrainer.Run(job, cancellationToken);
        }
    }

    public IInferenceModel Load(string modelFolder, string? imageVersion = null) => LinearLearnerInference.Load(modelFolder);
}
