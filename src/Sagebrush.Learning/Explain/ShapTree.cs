using System.Runtime.Intrinsics;
using Sagebrush.Learning.Trees;

namespace Sagebrush.Learning.Explain;

/// <summary>One tree, with what its SHAP values need and no row changes.</summary>
internal sealed class ShapTree
{
    private readonly RegressionTree _tree;

    // Of the edge into a node: the share of the data that takes it and all earlier edges of the same feature, and the node under the
    // last such edge (-1 when there is none).
    private readonly double[] _shares;
    private readonly int[] _previous;

    /// <summary>Prepares a tree.</summary>
    /// <exception cref="ModelFormatException">The model does not tell how much data came through its nodes.</exception>
    public ShapTree(RegressionTree tree)
    {
        var count = tree.LeftChildren.Length;
        if (tree.Covers.Length != count)
        {
            throw new ModelFormatException("The model does not tell how much data came through its nodes, which path-dependent SHAP values need.");
        }

        _tree = tree;
        _shares = new double[count];
        _previous = new int[count];
        Prepare(0, [], 1);
    }

    /// <summary>Which output it adds to.</summary>
    public int Group => _tree.Group;

    /// <summary>Number of nodes.</summary>
    public int NodeCount => _shares.Length;

    /// <summary>Most different features on one path.</summary>
    public int MostFeatures { get; private set; }

    /// <summary>What the tree predicts on average.</summary>
    public double Expectation { get; private set; }

    /// <summary>Adds a row's values for four quadrature points.</summary>
    public void Add(ReadOnlySpan<float> row, Span<double> values, Vector256<double> points, Vector256<double> weights, ShapScratch scratch) =>
        Visit(0, weights, row, values, points, scratch);

    // The leaf's value is a product over the path's features, so a feature's Shapley value is an integral over the product of the others
    // (Owen's multilinear extension). Each leaf's product is summed up the tree, and each edge takes its own factor out again
    // (Linear TreeSHAP, Yu et al. 2022); where a feature comes again, the earlier edge's part is taken back.
    private Vector256<double> Visit(int node, Vector256<double> product, ReadOnlySpan<float> row, Span<double> values, Vector256<double> points, ShapScratch scratch)
    {
        var left = _tree.LeftChildren[node];
        if (left < 0)
        {
            return product * ((double)_tree.Thresholds[node] * _tree.Weight);
        }

        var feature = _tree.Features[node];
        var goesLeft = _tree.GoesLeft(node, row[feature]);
        var sum = Vector256<double>.Zero;
        var value = 0.0;
        for (var side = 0; side < 2; side++)
        {
            var child = side == 0 ? left : _tree.RightChildren[node];
            var share = _shares[child];
            var previous = _previous[child];
            var follows = goesLeft == (side == 0) && (previous < 0 || scratch.Follows[previous]);
            if (!follows && share == 0)
            {
                continue;
            }

            var factor = follows ? Vector256.Create(share) + (points * (1 - share)) : Vector256.Create(share) - (points * share);
            var inverse = Vector256<double>.One / factor;
            scratch.Follows[child] = follows;
            scratch.Inverses[child] = inverse;
            var below = previous < 0 ? product * factor : product * factor * scratch.Inverses[previous];
            var total = Visit(child, below, row, values, points, scratch);
            value += Vector256.Sum(total * inverse) * ((follows ? 1 : 0) - share);
            if (previous >= 0)
            {
                value -= Vector256.Sum(total * scratch.Inverses[previous]) * ((scratch.Follows[previous] ? 1 : 0) - _shares[previous]);
            }

            sum += total;
        }

        values[feature] += value;
        return sum;
    }

    private void Prepare(int node, Dictionary<int, int> lastEdges, double reach)
    {
        var left = _tree.LeftChildren[node];
        if (left < 0)
        {
            MostFeatures = Math.Max(MostFeatures, lastEdges.Count);
            Expectation += reach * _tree.Thresholds[node] * _tree.Weight;
            return;
        }

        var feature = _tree.Features[node];
        var had = lastEdges.TryGetValue(feature, out var previous);
        foreach (var child in (ReadOnlySpan<int>)[left, _tree.RightChildren[node]])
        {
            var share = _tree.Covers[node] > 0 ? _tree.Covers[child] / (double)_tree.Covers[node] : 0;
            _previous[child] = had ? previous : -1;
            _shares[child] = had ? share * _shares[previous] : share;
            lastEdges[feature] = child;
            Prepare(child, lastEdges, reach * share);
        }

        if (had)
        {
            lastEdges[feature] = previous;
        }
        else
        {
            lastEdges.Remove(feature);
        }
    }
}
