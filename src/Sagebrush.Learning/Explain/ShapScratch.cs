using System.Runtime.Intrinsics;

namespace Sagebrush.Learning.Explain;

/// <summary>What a walk through a tree remembers of the edges above; one per thread.</summary>
internal sealed class ShapScratch(int nodes)
{
    /// <summary>Whether the row takes the edge into a node, and all earlier ones of its feature.</summary>
    public bool[] Follows { get; } = new bool[nodes];

    /// <summary>One over the factor of the edge into a node.</summary>
    public Vector256<double>[] Inverses { get; } = new Vector256<double>[nodes];
}
