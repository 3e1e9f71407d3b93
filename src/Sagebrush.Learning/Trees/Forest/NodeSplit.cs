namespace Sagebrush.Learning.Trees.Forest;

/// <summary>A way to divide the rows of a node.</summary>
internal struct NodeSplit
{
    /// <summary>The feature asked for.</summary>
    public int Feature;

    /// <summary>The last bin that goes left.</summary>
    public int LastLeft;

    /// <summary>The first bin above it that a row of the node is in; the number of bins when there is none.</summary>
    public int FirstRight;

    /// <summary>Whether missing values go left.</summary>
    public bool MissingLeft;

    /// <summary>A threshold drawn at random; NaN for the middle between the two bins.</summary>
    public float Threshold;

    /// <summary>The sum over both sides of squared sums by weight: the larger, the purer.</summary>
    public double Score;

    /// <summary>A start to compare with.</summary>
    public static NodeSplit None => new() { Feature = -1, Score = double.NegativeInfinity };
}
