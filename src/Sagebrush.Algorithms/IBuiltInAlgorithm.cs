namespace Sagebrush.Algorithms;

/// <summary>An algorithm that is part of this program: it trains under the <c>/opt/ml</c> contract and serves its models.</summary>
public interface IBuiltInAlgorithm
{
    /// <summary>The name users know it by, for example <c>xgboost</c>.</summary>
    string Name { get; }

    /// <summary>Its hyperparameters.</summary>
    HyperparameterSchema Hyperparameters { get; }

    /// <summary>Its channels.</summary>
    IReadOnlyList<ChannelSpecification> Channels { get; }

    /// <summary>The metrics a training job of it has without being told, with the expressions that find them in its log.</summary>
    IReadOnlyList<AlgorithmMetric> Metrics { get; }

    /// <summary>Trains and leaves the artifact in the model folder.</summary>
    /// <param name="context">Folder, configuration, log and clock.</param>
    /// <param name="cancellationToken">Asks to stop early: the model as it is then is saved, and the call returns.</param>
    /// <exception cref="CustomerErrorException">Something the customer gave is wrong.</exception>
    void Train(TrainingContext context, CancellationToken cancellationToken);

    /// <summary>Loads a trained model to answer requests with.</summary>
    /// <param name="modelFolder">The unpacked artifact.</param>
    /// <param name="imageVersion">Tag of the image the model was deployed with (<c>1.7-1</c>, <c>latest</c>): answers differ
    /// between versions. Null means the newest.</param>
    /// <exception cref="Learning.ModelFormatException">There is no model in the folder, or it cannot be read.</exception>
    IInferenceModel Load(string modelFolder, string? imageVersion = null);
}
