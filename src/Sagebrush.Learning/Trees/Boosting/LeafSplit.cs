using System.Runtime.Intrinsics;

namespace Sagebrush.Learning.Trees.Boosting;

/// <summary>A way to split a leaf; sums are gradients and hessians.</summary>
internal struct LeafSplit
{
    /// <summary>The feature asked for; -1 when no split is worth it.</summary>
    public int Feature;

    /// <summary>By how much the loss becomes smaller, up to a factor.</summary>
    public double Gain;

    /// <summary>The last bin that goes left, for a number.</summary>
    public int LastLeft;

    /// <summary>Whether missing values go left.</summary>
    public bool MissingLeft;

    /// <summary>The bins that go left, for categories; null for a number.</summary>
    public int[]? LeftBins;

    /// <summary>The sum over the left side.</summary>
    public Vector128<double> Left;

    /// <summary>The sum over the right side.</summary>
    public Vector128<double> Right;

    /// <summary>L2 regularization of both sides' values.</summary>
    public double L2;

    public static LeafSplit None => new() { Feature = -1 };
}
