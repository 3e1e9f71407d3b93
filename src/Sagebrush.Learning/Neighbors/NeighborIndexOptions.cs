namespace Sagebrush.Learning.Neighbors;

/// <summary>How a <see cref="NeighborIndex"/> is built.</summary>
public sealed record NeighborIndexOptions
{
    /// <summary>What makes rows near.</summary>
    public NeighborMetric Metric { get; init; }

    /// <summary>How neighbors are found.</summary>
    public NeighborIndexKind Kind { get; init; }

    /// <summary>Lists of an inverted file; null for the root of the number of rows.</summary>
    public int? ListCount { get; init; }

    /// <summary>Lists that a search looks into; null for a tenth of them, 5 at least.</summary>
    public int? ProbeCount { get; init; }

    /// <summary>Bytes per product-quantized row; features are filled up with zeros to a multiple of it.</summary>
    public int CodeBytes { get; init; } = 8;

    /// <summary>Threads at most; 0 for all processors. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Seed of the lists' centers.</summary>
    public long Seed { get; init; }
}
