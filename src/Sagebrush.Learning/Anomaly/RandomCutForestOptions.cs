namespace Sagebrush.Learning.Anomaly;

/// <summary>How <see cref="RandomCutForest"/> learns.</summary>
public sealed record RandomCutForestOptions
{
    /// <summary>Number of trees.</summary>
    public int TreeCount { get; init; } = 100;

    /// <summary>Random rows per tree.</summary>
    public int RowsPerTree { get; init; } = 256;

    /// <summary>Threads at most; 0 for all processors. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Seed.</summary>
    public long Seed { get; init; }
}
