using Sagebrush.Learning.Trees;

namespace Sagebrush.Learning.Explain;

/// <summary>SHAP values of a tree for one row against one row of the background (Lundberg et al. 2020, algorithm 3).</summary>
internal sealed class InterventionalShap(int featureCount)
{
    private const sbyte Open = 0;
    private const sbyte FromRow = 1;
    private const sbyte FromBackground = 2;

    private readonly sbyte[] _origins = new sbyte[featureCount];
    private readonly List<int> _decided = [];

    /// <summary>Adds the values, scaled; the last one is the tree's value for the background row.</summary>
    public void Add(RegressionTree tree, ReadOnlySpan<float> row, ReadOnlySpan<float> other, Span<double> values, double scale) =>
        Visit(tree, 0, row, other, values, scale);

    private void Visit(RegressionTree tree, int node, ReadOnlySpan<float> row, ReadOnlySpan<float> other, Span<double> values, double scale)
    {
        while (tree.LeftChildren[node] >= 0)
        {
            var feature = tree.Features[node];
            var mine = tree.GoesLeft(node, row[feature]) ? tree.LeftChildren[node] : tree.RightChildren[node];
            var theirs = tree.GoesLeft(node, other[feature]) ? tree.LeftChildren[node] : tree.RightChildren[node];
            if (mine == theirs || _origins[feature] == FromRow)
            {
                node = mine;
            }
            else if (_origins[feature] == FromBackground)
            {
                node = theirs;
            }
            else
            {
                _decided.Add(feature);
                _origins[feature] = FromRow;
                Visit(tree, mine, row, other, values, scale);
                _origins[feature] = FromBackground;
                Visit(tree, theirs, row, other, values, scale);
                _origins[feature] = Open;
                _decided.RemoveAt(_decided.Count - 1);
                return;
            }
        }

        Leaf(scale * tree.Thresholds[node] * tree.Weight, values);
    }

    // The leaf is reached exactly when all of a features are present and all of b others are not.
    private void Leaf(double value, Span<double> values)
    {
        var a = _decided.Count(feature => _origins[feature] == FromRow);
        var b = _decided.Count - a;
        if (a == 0)
        {
            values[^1] += value;
        }

        foreach (var feature in _decided)
        {
            values[feature] += _origins[feature] == FromRow ? value * Weight(a - 1, b) : -value * Weight(a, b - 1);
        }
    }

    // m! n! / (m + n + 1)!
    private static double Weight(int m, int n)
    {
        var weight = 1.0 / (m + n + 1);
        for (var i = 1; i <= Math.Min(m, n); i++)
        {
            weight *= i / (double)(m + n + 1 - i);
        }

        return weight;
    }
}
