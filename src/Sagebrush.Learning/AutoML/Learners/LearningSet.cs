using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.AutoML.Learners;

/// <summary>What a learner learns from, and the rows it may watch to know when to stop.</summary>
internal sealed record LearningSet
{
    public required ProblemType Problem { get; init; }

    /// <summary>Number of classes; 0 for regression.</summary>
    public required int ClassCount { get; init; }

    /// <summary>Whether absolute errors count rather than squared ones.</summary>
    public bool IsAbsolute { get; init; }

    public required FeatureMatrix Train { get; init; }

    public required float[] TrainLabels { get; init; }

    public float[]? TrainWeights { get; init; }

    public required FeatureMatrix Valid { get; init; }

    public required float[] ValidLabels { get; init; }

    public float[]? ValidWeights { get; init; }

    /// <summary>Features whose numbers name categories.</summary>
    public IReadOnlyList<int> CategoricalFeatures { get; init; } = [];

    public required long Seed { get; init; }

    public int Threads { get; init; }

    /// <summary>How many seconds are left: what can end early with a usable model does when there are none.</summary>
    public required Func<double> SecondsLeft { get; init; }
}
