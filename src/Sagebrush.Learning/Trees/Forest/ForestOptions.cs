namespace Sagebrush.Learning.Trees.Forest;

/// <summary>How <see cref="RandomForest"/> learns.</summary>
public sealed record ForestOptions
{
    /// <summary>Number of classes, labels are then 0 up to it; 0 for regression.</summary>
    public int ClassCount { get; init; }

    /// <summary>Number of trees.</summary>
    public int TreeCount { get; init; } = 100;

    /// <summary>Whether a node tries one random threshold per feature instead of all of them (extremely randomized trees, Geurts et al. 2006).</summary>
    public bool IsExtremelyRandomized { get; init; }

    /// <summary>Features that a node tries; null for the square root of their number in classification and all of them in regression.</summary>
    public int? FeaturesPerNode { get; init; }

    /// <summary>Depth of a tree at most; 0 for no limit.</summary>
    public int MaxDepth { get; init; }

    /// <summary>Rows at least in a node that is split.</summary>
    public int MinSplitRows { get; init; } = 2;

    /// <summary>Rows at least in a leaf.</summary>
    public int MinLeafRows { get; init; } = 1;

    /// <summary>Least decrease of the impurity, weighted by the node's share of all rows, for which a node is split.</summary>
    public double MinImpurityDecrease { get; init; }

    /// <summary>Whether each tree learns from as many rows drawn with replacement; null for yes in a random forest and no in extremely randomized trees.</summary>
    public bool? Bootstrap { get; init; }

    /// <summary>Whether rows left out of a tree judge it: <see cref="ForestModel.OutOfBag"/>. Needs the bootstrap.</summary>
    public bool ScoresOutOfBag { get; init; }

    /// <summary>Weight of each class; empty for equal ones.</summary>
    public IReadOnlyList<double> ClassWeights { get; init; } = [];

    /// <summary>Whether classes weigh in inverse proportion to their frequency.</summary>
    public bool BalancesClasses { get; init; }

    /// <summary>Bins per feature, 2 to 255: splits are exact for a feature of no more distinct values.</summary>
    public int MaxBins { get; init; } = 255;

    /// <summary>Threads at most; 0 for all processors. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Seed.</summary>
    public long Seed { get; init; }
}
