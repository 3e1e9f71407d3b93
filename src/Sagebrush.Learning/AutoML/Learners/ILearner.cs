using Sagebrush.Learning.Features;

namespace Sagebrush.Learning.AutoML.Learners;

/// <summary>A way to learn models, by SageMaker's name for it.</summary>
internal interface ILearner
{
    /// <summary>For example <c>xgboost</c>.</summary>
    string Name { get; }

    /// <summary>The features it wants, when its parameters do not say otherwise.</summary>
    FeatureStyle Style { get; }

    /// <summary>Learns.</summary>
    ITrainedModel Fit(LearningSet set, IReadOnlyDictionary<string, double> parameters, CancellationToken cancellationToken);

    /// <summary>Reads what a model's <see cref="ITrainedModel.Save"/> gave.</summary>
    /// <exception cref="ModelFormatException">It is no such model.</exception>
    ITrainedModel Load(string path, int outputCount);
}
