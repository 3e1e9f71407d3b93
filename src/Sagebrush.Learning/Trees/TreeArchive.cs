using Sagebrush.Learning.Persistence;

namespace Sagebrush.Learning.Trees;

/// <summary>Trees as arrays of a file: the nodes of all trees one after the other.</summary>
internal static class TreeArchive
{
    /// <summary>Adds trees.</summary>
    public static void Add(NumpyArchive archive, IReadOnlyList<RegressionTree> trees)
    {
        archive
            .Add<int>("tree_nodes", [.. trees.Select(tree => tree.LeftChildren.Length)])
            .Add<int>("tree_groups", [.. trees.Select(tree => tree.Group)])
            .Add<int>("tree_leaf_widths", [.. trees.Select(tree => tree.LeafWidth)])
            .Add<int>("tree_leaf_values", [.. trees.Select(tree => tree.LeafVectors.Length)])
            .Add<int>("tree_category_words", [.. trees.Select(tree => tree.CategoryWords.Length)])
            .Add<int>("left", [.. trees.SelectMany(tree => tree.LeftChildren)])
            .Add<int>("right", [.. trees.SelectMany(tree => tree.RightChildren)])
            .Add<int>("feature", [.. trees.SelectMany(tree => tree.Features)])
            .Add<float>("threshold", [.. trees.SelectMany(tree => tree.Thresholds)])
            .Add<byte>("default_left", [.. trees.SelectMany(tree => tree.DefaultLeft.Select(left => left ? (byte)1 : (byte)0))])
            .Add<float>("cover", [.. trees.SelectMany(tree => tree.Covers)])
            .Add<float>("leaf_values", [.. trees.SelectMany(tree => tree.LeafVectors)])
            .Add<int>("category_sets", [.. trees.Where(tree => tree.CategoryWords.Length > 0).SelectMany(tree => tree.CategorySets)])
            .Add<int>("category_words", [.. trees.SelectMany(tree => tree.CategoryWords.Select(word => unchecked((int)word)))]);
    }

    /// <summary>Reads trees.</summary>
    /// <exception cref="ModelFormatException">The arrays are missing or do not fit each other.</exception>
    public static RegressionTree[] Read(NumpyArchive archive)
    {
        var nodes = archive.Get<int>("tree_nodes");
        var groups = archive.Get<int>("tree_groups");
        var widths = archive.Get<int>("tree_leaf_widths");
        var vectors = archive.Get<int>("tree_leaf_values");
        var words = archive.Get<int>("tree_category_words");
        var (left, right, feature) = (archive.Get<int>("left"), archive.Get<int>("right"), archive.Get<int>("feature"));
        var (threshold, cover, values) = (archive.Get<float>("threshold"), archive.Get<float>("cover"), archive.Get<float>("leaf_values"));
        var (defaultLeft, sets, bits) = (archive.Get<byte>("default_left"), archive.Get<int>("category_sets"), archive.Get<int>("category_words"));
        var trees = new RegressionTree[nodes.Length];
        var (node, vector, set, word) = (0, 0, 0, 0);
        try
        {
            for (var i = 0; i < trees.Length; i++)
            {
                Range range = node..(node + nodes[i]);
                var categories = words[i] > 0 ? nodes[i] : 0;
                trees[i] = new()
                {
                    LeftChildren = left[range],
                    RightChildren = right[range],
                    Features = feature[range],
                    Thresholds = threshold[range],
                    DefaultLeft = Array.ConvertAll(defaultLeft[range], value => value != 0),
                    Covers = cover[range],
                    Group = groups[i],
                    LeafWidth = widths[i],
                    LeafVectors = values[vector..(vector + vectors[i])],
                    CategorySets = sets[set..(set + categories)],
                    CategoryWords = Array.ConvertAll(bits[word..(word + words[i])], value => unchecked((uint)value)),
                };
                (node, vector, set, word) = (node + nodes[i], vector + vectors[i], set + categories, word + words[i]);
            }
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new ModelFormatException("the arrays of its trees are cut short.", e);
        }

        return trees;
    }
}
