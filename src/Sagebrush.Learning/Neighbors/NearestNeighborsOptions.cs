namespace Sagebrush.Learning.Neighbors;

/// <summary>How <see cref="NearestNeighborsModel"/> predicts.</summary>
public sealed record NearestNeighborsOptions
{
    /// <summary>Number of neighbors asked.</summary>
    public required int NeighborCount { get; init; }

    /// <summary>Whether neighbors vote for a class; otherwise their labels are averaged.</summary>
    public bool IsClassifier { get; init; }

    /// <summary>Random rows kept; null for all.</summary>
    public int? SampleSize { get; init; }

    /// <summary>Features to reduce to; null for no reduction.</summary>
    public int? ReducedFeatureCount { get; init; }

    /// <summary>Whether the reduction is the fast Johnson–Lindenstrauss transform; otherwise random signs.</summary>
    public bool ReducesFast { get; init; }

    /// <summary>The index.</summary>
    public NeighborIndexOptions Index { get; init; } = new();
}
