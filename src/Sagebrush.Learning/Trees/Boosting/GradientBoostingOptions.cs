namespace Sagebrush.Learning.Trees.Boosting;

/// <summary>How <see cref="GradientBoosting"/> learns; names and defaults are LightGBM's.</summary>
public sealed record GradientBoostingOptions
{
    /// <summary>What is made small.</summary>
    public BoostingObjective Objective { get; init; }

    /// <summary>Number of classes, for <see cref="BoostingObjective.Multiclass"/>.</summary>
    public int ClassCount { get; init; }

    /// <summary>Rounds at most; each adds a tree per output.</summary>
    public int Rounds { get; init; } = 100;

    /// <summary>What each tree's values are multiplied by.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Leaves of a tree at most.</summary>
    public int LeafCount { get; init; } = 31;

    /// <summary>Depth of a tree at most; 0 or less for no limit.</summary>
    public int MaxDepth { get; init; } = -1;

    /// <summary>Rows at least in a leaf; counted by their hessians, as LightGBM does.</summary>
    public int MinLeafRows { get; init; } = 20;

    /// <summary>Sum of hessians at least in a leaf.</summary>
    public double MinLeafHessian { get; init; } = 1e-3;

    /// <summary>Gain at least for which a leaf is split.</summary>
    public double MinGain { get; init; }

    /// <summary>L1 regularization of leaf values.</summary>
    public double L1 { get; init; }

    /// <summary>L2 regularization of leaf values.</summary>
    public double L2 { get; init; }

    /// <summary>What a leaf's value may be at most, before the learning rate; 0 or less for no limit.</summary>
    public double MaxDeltaStep { get; init; }

    /// <summary>Share of the features, chosen at random, that a tree sees.</summary>
    public double FeatureFraction { get; init; } = 1;

    /// <summary>Share of the rows, chosen at random, that a tree learns from.</summary>
    public double BaggingFraction { get; init; } = 1;

    /// <summary>Rounds after which rows are chosen anew; 0 for no bagging.</summary>
    public int BaggingFrequency { get; init; }

    /// <summary>Whether a tree learns from the rows with the largest gradients and a few of the others (gradient-based one-side sampling, Ke et al. 2017).</summary>
    public bool SamplesByGradient { get; init; }

    /// <summary>Share of the rows with the largest gradients that is kept.</summary>
    public double TopRate { get; init; } = 0.2;

    /// <summary>Share of the rows that is drawn from the others.</summary>
    public double OtherRate { get; init; } = 0.1;

    /// <summary>Features whose whole numbers are names.</summary>
    public IReadOnlyList<int> CategoricalFeatures { get; init; } = [];

    /// <summary>Categories up to which each is tried against all others, instead of groups.</summary>
    public int MaxOneHotCategories { get; init; } = 4;

    /// <summary>Categories on the smaller side of a split at most.</summary>
    public int MaxCategories { get; init; } = 32;

    /// <summary>What steadies the statistics of rare categories; categories with fewer rows stay on the right.</summary>
    public double CategorySmoothing { get; init; } = 10;

    /// <summary>L2 regularization of leaves below groups of categories, beside <see cref="L2"/>.</summary>
    public double CategoryL2 { get; init; } = 10;

    /// <summary>Rows at least by which a group of categories grows.</summary>
    public int MinGroupRows { get; init; } = 100;

    /// <summary>Bins per feature, 2 to 255.</summary>
    public int MaxBins { get; init; } = 255;

    /// <summary>Where <see cref="BoostingObjective.Huber"/> goes over from squared to absolute.</summary>
    public double HuberDelta { get; init; } = 0.9;

    /// <summary>Rounds without improvement on the validation rows after which learning ends; 0 for never.</summary>
    public int Patience { get; init; }

    /// <summary>Threads at most; 0 for all processors. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Seed.</summary>
    public long Seed { get; init; }

    /// <summary>Number of outputs: trees per round.</summary>
    internal int OutputCount => Objective == BoostingObjective.Multiclass ? ClassCount : 1;
}
