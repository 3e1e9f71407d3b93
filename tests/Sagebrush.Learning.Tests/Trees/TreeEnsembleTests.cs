using Xunit;
using Sagebrush.Learning.Trees;

namespace Sagebrush.Learning.Tests.Trees;

/// <summary>However many rows are evaluated at a time, and by whatever instructions, each gets what a plain walk gives it.</summary>
public sealed class TreeEnsembleTests
{
    [Theory]
    [InlineData(1, 0, 1, 1, 0.0)]
    [InlineData(2, 3, 40, 1, 0.0)]
    [InlineData(3, 4, 33, 1, 0.3)]
    [InlineData(4, 5, 17, 3, 0.0)]
    [InlineData(5, 6, 100, 1, 0.0)]
    [InlineData(6, 6, 100, 1, 0.3)]
    [InlineData(7, 6, 25, 7, 0.1)]
    [InlineData(8, 6, 12, 40, 0.1)]
    [InlineData(9, 7, 20, 2, 0.1)]
    [InlineData(10, 20, 10, 1, 0.1)]
    public void PredictMargins_AnyNumberOfRows_EqualsThePlainWalk(int seed, int depth, int trees, int groups, double missing)
    {
        var random = new Random(seed);
        const int Features = 9;
        var forest = Enumerable.Range(0, trees).Select(i => RandomTree(random, Features, random.Next(depth + 1), i % groups)).Append(
            RandomTree(random, Features, depth, 0)).ToArray();
        var baseMargins = Enumerable.Range(0, groups).Select(_ => (float)random.NextDouble()).ToArray();
        var ensemble = TreeEnsemble.Create(forest, Features, baseMargins);

        foreach (var count in (int[])[1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 71, 72, 129, 200])
        {
            var rows = RandomRows(random, count * Features, missing);
            var expected = new float[count * groups];
            for (var i = 0; i < count; i++)
            {
                var sums = expected.AsSpan(i * groups, groups);
                baseMargins.CopyTo(sums);
                foreach (var tree in forest)
                {
                    tree.AddTo(rows.AsSpan(i * Features, Features), sums);
                }
            }

            var margins = new float[expected.Length];
            ensemble.PredictMargins(rows, margins);

            Assert.Equal(expected, margins);
        }
    }

    [Fact]
    public void PredictMargins_NoFeatures_GivesTheLeaves()
    {
        var ensemble = TreeEnsemble.Create([RandomTree(new Random(1), 1, 0, 0)], 0, [1f]);
        var margins = new float[20];

        ensemble.PredictMargins([], margins);

        Assert.All(margins, margin => Assert.Equal(margins[0], margin));
    }

    private static float[] RandomRows(Random random, int count, double missing)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            // Small whole numbers meet the thresholds; infinities must not be taken for missing.
            values[i] = random.NextDouble() < missing ? float.NaN
                : random.Next(50) == 0 ? (random.Next(2) == 0 ? float.PositiveInfinity : float.NegativeInfinity)
                : random.Next(-3, 4);
        }

        return values;
    }

    private static RegressionTree RandomTree(Random random, int features, int depth, int group)
    {
        var builder = new RegressionTreeBuilder();
        Grow(builder, builder.AddLeaf(1), depth, isSpine: true);
        return builder.Build(group);

        void Grow(RegressionTreeBuilder tree, int node, int left, bool isSpine)
        {
            if (left == 0 || (!isSpine && random.Next(4) == 0))
            {
                tree.SetLeaf(node, (random.NextDouble() * 2) - 1);
                return;
            }

            tree.Split(node, random.Next(features), random.Next(-3, 4), random.Next(2) == 0);
            var (less, more) = (tree.AddLeaf(1), tree.AddLeaf(1));
            tree.Link(node, less, more);
            var spine = isSpine && random.Next(2) == 0;

            // A deep tree that is also bushy would have a million nodes.
            Grow(tree, less, left > 8 && !spine ? 2 : left - 1, spine);
            Grow(tree, more, left > 8 && (spine || !isSpine) ? 2 : left - 1, isSpine && !spine);
        }
    }
}
