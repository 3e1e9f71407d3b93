namespace Sagebrush.Learning.Clustering;

/// <summary>How <see cref="KMeans"/> learns.</summary>
public sealed record KMeansOptions
{
    /// <summary>Number of clusters.</summary>
    public required int ClusterCount { get; init; }

    /// <summary>Passes of the stream over the rows.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Rows that the stream takes at a time.</summary>
    public int BatchSize { get; init; } = 5000;

    /// <summary>Centers of the stream per cluster; null for 4, fewer where there are thousands of clusters.</summary>
    public int? ExtraCenterFactor { get; init; }

    /// <summary>Rows after which a row's weight in its center's mean is half; 0 for never.</summary>
    public long HalfLifeRows { get; init; }

    /// <summary>Whether the stream's first centers are spread by k-means++; otherwise they are random rows.</summary>
    public bool SpreadsCenters { get; init; }

    /// <summary>Whether the reduction to the clusters starts with k-means++; otherwise with random centers.</summary>
    public bool SpreadsClusters { get; init; } = true;

    /// <summary>Iterations of the reduction at most.</summary>
    public int ReductionIterations { get; init; } = 300;

    /// <summary>How often the reduction is tried; null for 10.</summary>
    public int? ReductionTrials { get; init; }

    /// <summary>Relative change of the loss at which the reduction, and the passes after it, end.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Passes of Lloyd's algorithm over all rows at the end, at most.</summary>
    public int Refinements { get; init; } = 10;

    /// <summary>Threads at most; 0 for all processors. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Seed.</summary>
    public long Seed { get; init; }
}
