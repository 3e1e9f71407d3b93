using Sagebrush.Learning.Features;

namespace Sagebrush.Learning.AutoML;

/// <summary>A candidate to be tried: a learner, the features it gets and its hyperparameters.</summary>
public sealed record CandidateSpec
{
    /// <summary>The learner by SageMaker's name.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The features.</summary>
    public required FeatureStyle Features { get; init; }

    /// <summary>Whether pairs of columns found useful are among the features.</summary>
    public bool HasPairs { get; init; }

    /// <summary>
    /// Numbers of candidates on whose predictions this one stands: beside its features it gets what each of them predicts of a row it was not trained on
    /// (stacked generalization, Wolpert 1992). Empty for one that stands alone.
    /// </summary>
    public IReadOnlyList<int> Inputs { get; init; } = [];

    /// <summary>Hyperparameters, by the learner's names.</summary>
    public IReadOnlyDictionary<string, double> Parameters { get; init; } = new Dictionary<string, double>();
}
