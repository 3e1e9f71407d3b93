namespace Sagebrush.Learning.Neighbors;

/// <summary>What makes rows near.</summary>
public enum NeighborMetric
{
    /// <summary>A small squared Euclidean distance.</summary>
    Euclidean,

    /// <summary>A large inner product.</summary>
    InnerProduct,

    /// <summary>A small angle.</summary>
    Cosine,
}
