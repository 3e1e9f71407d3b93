namespace Sagebrush.Learning.Trees;

/// <summary>One binary regression tree as arrays over its nodes; node 0 is the root.</summary>
/// <remarks>
/// A node is a leaf when its left child is -1; its <see cref="Thresholds"/> entry is then the leaf's value, or its number where leaves hold several. An inner node
/// sends <c>x[feature] &lt; threshold</c> to the left, anything else to the right, and a missing value to its default child. One that asks for categories sends those
/// of its set to the left.
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

    /// <summary>How many numbers a leaf holds, one per output; 1 for a tree of a single output.</summary>
    public int LeafWidth { get; init; } = 1;

    /// <summary>The numbers of leaves, one leaf after the other, where <see cref="LeafWidth"/> is above 1.</summary>
    public float[] LeafVectors { get; init; } = [];

    /// <summary>Where a node's set of categories begins in <see cref="CategoryWords"/>, -1 for a node that asks for a number; empty without any.</summary>
    public int[] CategorySets { get; init; } = [];

    /// <summary>Sets of categories: the number of words, then a bit per category.</summary>
    public uint[] CategoryWords { get; init; } = [];

    /// <summary>Whether a value goes left at an inner node.</summary>
    public bool GoesLeft(int node, float value)
    {
        if (CategorySets.Length > 0 && CategorySets[node] >= 0)
        {
            return InSet(CategoryWords, CategorySets[node], value);
        }

        return float.IsNaN(value) ? DefaultLeft[node] : value < Thresholds[node];
    }

    /// <summary>The leaf that a row comes to.</summary>
    public int FindLeaf(ReadOnlySpan<float> row)
    {
        var node = 0;
        while (LeftChildren[node] >= 0)
        {
            node = GoesLeft(node, row[Features[node]]) ? LeftChildren[node] : RightChildren[node];
        }

        return node;
    }

    /// <summary>Adds what the tree predicts for a row to the outputs.</summary>
    public void AddTo(ReadOnlySpan<float> row, Span<float> outputs)
    {
        var leaf = FindLeaf(row);
        if (LeafWidth == 1)
        {
            outputs[Group] += Thresholds[leaf] * Weight;
            return;
        }

        var vector = LeafVectors.AsSpan((int)Thresholds[leaf] * LeafWidth, LeafWidth);
        for (var i = 0; i < vector.Length; i++)
        {
            outputs[i] += vector[i] * Weight;
        }
    }

    /// <summary>Whether a set holds a category.</summary>
    internal static bool InSet(ReadOnlySpan<uint> words, int set, float value)
    {
        if (!(value >= 0 && value < int.MaxValue))
        {
            return false;
        }

        var category = (int)value;
        return category >> 5 < words[set] && (words[set + 1 + (category >> 5)] >> (category & 31) & 1) != 0;
    }

    /// <summary>The same tree with another weight.</summary>
    internal RegressionTree Weighted(float weight) => With(Group, LeafWidth, Thresholds, LeafVectors, weight);

    /// <summary>A tree per output, each with leaves of one number.</summary>
    internal IEnumerable<RegressionTree> ByOutput() => LeafWidth == 1
        ? [this]
        : Enumerable.Range(0, LeafWidth).Select(output =>
        {
            var values = new float[Thresholds.Length];
            for (var node = 0; node < values.Length; node++)
            {
                values[node] = LeftChildren[node] >= 0 ? Thresholds[node] : LeafVectors[((int)Thresholds[node] * LeafWidth) + output];
            }

            return With(output, 1, values, [], Weight);
        });

    private RegressionTree With(int group, int width, float[] thresholds, float[] vectors, float weight) => new()
    {
        LeftChildren = LeftChildren,
        RightChildren = RightChildren,
        Features = Features,
        Thresholds = thresholds,
        DefaultLeft = DefaultLeft,
        Covers = Covers,
        Group = group,
        Weight = weight,
        LeafWidth = width,
        LeafVectors = vectors,
        CategorySets = CategorySets,
        CategoryWords = CategoryWords,
    };
}
