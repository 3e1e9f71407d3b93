namespace Sagebrush.Learning.Trees;

/// <summary>One binary regression tree as arrays over its nodes; node 0 is the root.</summary>
/// <remarks>
/// A node is a leaf when its left child is -1; its <see cref="Thresholds"/> entry is then the leaf's value. An inner node
/// sends <c>x[feature] &lt; threshold</c> to the left, anything else to the right, and a missing value to its default child.
/// </remarks>
public sealed class RegressionTree
{
    /// <summary>Left child per node, -1 for a leaf.</summary>
    public required int[] LeftChildren { get; init; }

    /// <summary>Right child per node, ignored for a leaf.</summary>
    public required int[] RightChildren { get; init; }

    /// <summary>Index of the feature an inner node asks for.</summary>
    public required int[] Features { get; init; }

    /// <summary>Threshold of an inner node, value of a leaf.</summary>
    public required float[] Thresholds { get; init; }

    /// <summary>Whether a missing value goes to the left child.</summary>
    public required bool[] DefaultLeft { get; init; }

    /// <summary>How much training data came through each node (the sum of its hessians); empty when the model does not tell.</summary>
    public float[] Covers { get; init; } = [];

    /// <summary>Which output the tree adds to: the class of a multi-class model, otherwise 0.</summary>
    public int Group { get; init; }

    /// <summary>What the leaf values are multiplied by (DART's tree weight), otherwise 1.</summary>
    public float Weight { get; init; } = 1f;
}
