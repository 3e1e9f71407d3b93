namespace Sagebrush.Learning.Trees;

/// <summary>Checks trees and renumbers their nodes breadth first, siblings next to each other.</summary>
internal static class TreeLayout
{
    /// <summary>Deepest tree walked without branches; deeper ones (loss-guided growth) stop at their leaf instead.</summary>
    public const int DeepestBranchFree = 16;

    public static TreeEnsemble Build(IReadOnlyList<RegressionTree> trees, int featureCount, float[] baseMargins, int lanes)
    {
        long total = 0;
        foreach (var tree in trees)
        {
            total += tree.LeftChildren.Length;
        }

        if (total >= Array.MaxLength)
        {
            throw new ModelFormatException($"The model has {total} nodes; at most {Array.MaxLength} can be held.");
        }

        var nodes = new List<TreeEnsemble.Node>((int)total + 1);
        var bundleDepths = new int[(trees.Count + lanes - 1) / lanes];
        var roots = new int[bundleDepths.Length * lanes];
        var groups = new int[roots.Length];
        List<float> leafVectors = [];
        List<uint> categories = [];
        for (var i = 0; i < trees.Count; i++)
        {
            var tree = trees[i];
            if (tree.LeafWidth != trees[0].LeafWidth || (tree.LeafWidth > 1 && tree.LeafWidth != baseMargins.Length))
            {
                throw new ModelFormatException($"The leaves of tree {i} have {tree.LeafWidth} numbers, but the model has {baseMargins.Length} outputs.");
            }

            if ((uint)tree.Group >= (uint)baseMargins.Length)
            {
                throw new ModelFormatException($"Tree {i} belongs to group {tree.Group}, but the model has {baseMargins.Length}.");
            }

            roots[i] = nodes.Count;
            groups[i] = tree.Group;
            var depth = Append(nodes, tree, i, featureCount, leafVectors.Count, categories.Count);
            leafVectors.AddRange(Array.ConvertAll(tree.LeafVectors, value => value * tree.Weight));
            categories.AddRange(tree.CategoryWords);
            bundleDepths[i / lanes] = Math.Max(bundleDepths[i / lanes], depth);
        }

        // The last bundle is filled up with a leaf that changes no sum, not even one of -0.
        roots.AsSpan(trees.Count).Fill(nodes.Count);
        nodes.Add(new() { Threshold = float.NaN, Left = nodes.Count, Value = -0f });
        return new TreeEnsemble([.. nodes], roots, groups, bundleDepths, trees.Count, featureCount, baseMargins, [.. leafVectors], [.. categories]);
    }

    /// <summary>Appends one tree and returns its depth (0 for a lone leaf).</summary>
    private static int Append(List<TreeEnsemble.Node> nodes, RegressionTree tree, int index, int featureCount, int firstVector, int firstSet)
    {
        var count = tree.LeftChildren.Length;
        if (count == 0)
        {
            throw new ModelFormatException($"Tree {index} has no nodes.");
        }

        if (tree.RightChildren.Length != count || tree.Features.Length != count
            || tree.Thresholds.Length != count || tree.DefaultLeft.Length != count)
        {
            throw new ModelFormatException($"The arrays of tree {index} differ in length.");
        }

        var seen = new bool[count];
        var queue = new Queue<(int Source, int Target, int Depth)>();
        queue.Enqueue((0, nodes.Count, 0));
        seen[0] = true;
        nodes.Add(default);
        var deepest = 0;
        while (queue.TryDequeue(out var next))
        {
            var (source, target, depth) = next;
            deepest = Math.Max(deepest, depth);
            var left = tree.LeftChildren[source];
            if (left == -1)
            {
                // A leaf of a model without features would read row[0] of an empty row: such a tree is the root alone,
                // its depth is 0 and no step is ever taken.
                nodes[target] = new()
                {
                    Threshold = float.NaN,
                    Left = target,
                    FeatureAndDefault = 0,
                    Value = tree.LeafWidth > 1 ? VectorPlace(tree, index, source, firstVector) : tree.Thresholds[source] * tree.Weight,
                };
                continue;
            }

            var right = tree.RightChildren[source];
            Claim(seen, left, index, source);
            Claim(seen, right, index, source);
            var feature = tree.Features[source];
            if ((uint)feature >= (uint)featureCount)
            {
                throw new ModelFormatException(
                    $"Node {source} of tree {index} asks for feature {feature}, but the model has {featureCount}.");
            }

            var children = nodes.Count;
            nodes.Add(default);
            nodes.Add(default);
            nodes[target] = new()
            {
                Threshold = tree.Thresholds[source],
                Left = children,
                FeatureAndDefault = checked(feature << 1) | (tree.DefaultLeft[source] ? 0 : 1),
            };

            // A NaN threshold sends every value right in libxgboost (x < NaN is false); here it would mean left. Infinity
            // downwards says the same with the comparison in use.
            if (float.IsNaN(tree.Thresholds[source]))
            {
                nodes[target] = nodes[target] with { Threshold = float.NegativeInfinity };
            }

            if (tree.CategorySets.Length > 0 && tree.CategorySets[source] >= 0)
            {
                nodes[target] = new() { Left = children, FeatureAndDefault = ~feature, Value = SetPlace(tree, index, source, firstSet) };
            }

            queue.Enqueue((left, children, depth + 1));
            queue.Enqueue((right, children + 1, depth + 1));
        }

        return deepest;
    }

    private static float VectorPlace(RegressionTree tree, int index, int node, int first)
    {
        var leaf = tree.Thresholds[node];
        return leaf >= 0 && (leaf + 1) * tree.LeafWidth <= tree.LeafVectors.Length
            ? BitConverter.Int32BitsToSingle(first + ((int)leaf * tree.LeafWidth))
            : throw new ModelFormatException($"Leaf {node} of tree {index} has the number {leaf}, which its values do not have.");
    }

    private static float SetPlace(RegressionTree tree, int index, int node, int first)
    {
        var set = tree.CategorySets[node];
        return set < tree.CategoryWords.Length && set + 1L + tree.CategoryWords[set] <= tree.CategoryWords.Length
            ? BitConverter.Int32BitsToSingle(first + set)
            : throw new ModelFormatException($"Node {node} of tree {index} has the set {set}, which the tree does not have.");
    }

    private static void Claim(bool[] seen, int child, int tree, int node)
    {
        if ((uint)child >= (uint)seen.Length)
        {
            throw new ModelFormatException($"Node {node} of tree {tree} has the child {child}, but the tree has {seen.Length} nodes.");
        }

        if (seen[child])
        {
            throw new ModelFormatException($"Node {child} of tree {tree} has two parents.");
        }

        seen[child] = true;
    }
}
