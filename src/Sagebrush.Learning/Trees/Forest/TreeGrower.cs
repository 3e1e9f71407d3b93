using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Trees.Binning;

namespace Sagebrush.Learning.Trees.Forest;

/// <summary>Grows trees one after the other, depth first; one per thread.</summary>
internal sealed class TreeGrower
{
    private readonly BinnedTable _table;
    private readonly ForestOptions _options;
    private readonly SplitSearch _search;
    private readonly int _featuresPerNode;
    private readonly int[] _features;
    private readonly int[] _multiplicities;
    private readonly Stack<(int Node, int Start, int End, int Depth)> _open = [];

    public TreeGrower(BinnedTable table, ReadOnlyMemory<float> targets, double[] weights, ForestOptions options)
    {
        _table = table;
        _options = options;
        _search = options.ClassCount > 2 ? new ClassSearch(table, targets, weights, options) : new MomentSearch(table, targets, weights, options);
        var features = table.Features.Length;
        _featuresPerNode = Math.Min(features, options.FeaturesPerNode ?? (options.ClassCount > 0 ? Math.Max(1, (int)Math.Sqrt(features)) : features));
        _features = [.. Enumerable.Range(0, features)];
        _multiplicities = new int[table.RowCount];
    }

    /// <summary>Grows a tree.</summary>
    /// <param name="number">Its number, which with the seed decides all that is random.</param>
    /// <param name="importances">Receives how much each feature lessened the impurity; they sum up to 1 unless the tree is a leaf.</param>
    /// <param name="outOfBag">Receives whether a row was left out; empty when nobody asks.</param>
    public RegressionTree Grow(int number, Span<double> importances, Span<bool> outOfBag)
    {
        var random = new RandomStream(_options.Seed, number);
        var count = _search.Begin(Draw(random, outOfBag));
        for (var i = 0; i < _features.Length; i++)
        {
            _features[i] = i;
        }

        var width = Math.Max(1, _options.ClassCount);
        Span<float> values = width <= 64 ? stackalloc float[width] : new float[width];
        var tree = new RegressionTreeBuilder();
        var leaves = 0;
        var all = _search.Summarize(0, count).Weight;
        _open.Push((tree.AddLeaf(all), 0, count, 0));
        while (_open.TryPop(out var next))
        {
            var (node, start, end, depth) = next;
            var (_, score, pure) = _search.Summarize(start, end);
            var split = NodeSplit.None;
            if (!pure && (_options.MaxDepth == 0 || depth < _options.MaxDepth)
                && end - start >= Math.Max(_options.MinSplitRows, 2 * _options.MinLeafRows))
            {
                split = Search(start, end, random);
            }

            if (split.Feature < 0 || split.Score - score < _options.MinImpurityDecrease * all)
            {
                _search.Predict(start, end, values);
                if (width == 1)
                {
                    tree.SetLeaf(node, values[0]);
                }
                else
                {
                    tree.SetLeaf(node, leaves++, values);
                }

                continue;
            }

            importances[split.Feature] += Math.Max(0, split.Score - score);
            var threshold = float.IsNaN(split.Threshold) ? _table.Features[split.Feature].Between(split.LastLeft, split.FirstRight) : split.Threshold;
            tree.Split(node, split.Feature, threshold, split.MissingLeft);
            var middle = _search.Partition(start, end, split);
            var left = tree.AddLeaf(_search.Summarize(start, middle).Weight);
            var right = tree.AddLeaf(_search.Summarize(middle, end).Weight);
            tree.Link(node, left, right);
            _open.Push((right, middle, end, depth + 1));
            _open.Push((left, start, middle, depth + 1));
        }

        var sum = 0.0;
        foreach (var importance in importances)
        {
            sum += importance;
        }

        for (var i = 0; sum > 0 && i < importances.Length; i++)
        {
            importances[i] /= sum;
        }

        return tree.Build(leafWidth: width);
    }

    private ReadOnlySpan<int> Draw(RandomStream random, Span<bool> outOfBag)
    {
        if (!(_options.Bootstrap ?? !_options.IsExtremelyRandomized))
        {
            return [];
        }

        Array.Clear(_multiplicities);
        for (var i = 0; i < _multiplicities.Length; i++)
        {
            _multiplicities[random.Next(_multiplicities.Length)]++;
        }

        for (var i = 0; i < outOfBag.Length; i++)
        {
            outOfBag[i] = _multiplicities[i] == 0;
        }

        return _multiplicities;
    }

    // Features that do not differ within the node count as tried, yet the search goes on until one does (as scikit-learn).
    private NodeSplit Search(int start, int end, RandomStream random)
    {
        var best = NodeSplit.None;
        var differs = false;
        for (var tried = 0; tried < _features.Length && (tried < _featuresPerNode || !differs); tried++)
        {
            var other = tried + random.Next(_features.Length - tried);
            (_features[tried], _features[other]) = (_features[other], _features[tried]);
            differs |= _options.IsExtremelyRandomized
                ? _search.TryRandom(_features[tried], start, end, random, ref best)
                : _search.TryAll(_features[tried], start, end, ref best);
        }

        return best;
    }
}
