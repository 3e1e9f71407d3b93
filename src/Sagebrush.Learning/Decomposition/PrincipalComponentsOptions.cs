namespace Sagebrush.Learning.Decomposition;

/// <summary>How <see cref="PrincipalComponents"/> learns.</summary>
public sealed record PrincipalComponentsOptions
{
    /// <summary>Number of components.</summary>
    public required int ComponentCount { get; init; }

    /// <summary>Whether the components are found by random projections, for many features, instead of from the whole covariance matrix.</summary>
    public bool IsRandomized { get; init; }

    /// <summary>Directions beyond the components that the random projections follow; null for as many as components, 10 at least.</summary>
    public int? ExtraComponents { get; init; }

    /// <summary>Whether the features' means are subtracted.</summary>
    public bool SubtractMean { get; init; } = true;

    /// <summary>Threads at most; 0 for all processors. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Seed of the random projections.</summary>
    public long Seed { get; init; }
}
