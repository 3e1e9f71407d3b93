using Sagebrush.Learning.Explain;
using Xunit;

namespace Sagebrush.Learning.Tests.Explain;

public sealed class ShapCoalitionsTests
{
    [Theory]
    [InlineData(1, null, 0)]
    [InlineData(4, null, 14)]
    [InlineData(4, 100, 14)]
    [InlineData(4, 9, 9)]
    [InlineData(13, null, 2074)]
    [InlineData(13, 8190, 8190)]
    public void Sets_AreAsManyAsAskedAndNoMoreThanThereAre(int players, int? samples, int expected)
    {
        var sets = new ShapCoalitions(players, samples).Sets;

        Assert.Equal(expected + 2, sets.Count);
        Assert.DoesNotContain(true, sets[0]);
        Assert.DoesNotContain(false, sets[1]);
    }

    // The glove game: of two left gloves and one right, a pair is worth 1. Shapley's values are 1/6, 1/6, 2/3.
    [Fact]
    public void Solve_GloveGame_GivesShapleysValues()
    {
        var game = new ShapCoalitions(3);

        var values = game.Solve([.. game.Sets.Select(set => set[2] && (set[0] || set[1]) ? 1.0 : 0)]);

        Assert.Equal([1 / 6.0, 1 / 6.0, 2 / 3.0, 0], values.Select(value => Math.Round(value, 9)), (a, b) => Math.Abs(a - b) < 1e-8);
    }
}
