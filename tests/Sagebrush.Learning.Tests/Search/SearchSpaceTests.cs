using Sagebrush.Learning.Search;
using Xunit;

namespace Sagebrush.Learning.Tests.Search;

public sealed class SearchSpaceTests
{
    [Fact]
    public void Decode_LogarithmicRange_HasItsMiddleAtTheGeometricMean() =>
        Assert.Equal(0.1, new ContinuousParameter("x", 0.01, 1, ParameterScaling.Logarithmic).Decode([0.5]), 1e-12);

    [Fact]
    public void Decode_ReverseLogarithmicRange_IsLogarithmicTowardsOne() =>
        Assert.Equal(0.99, new ContinuousParameter("x", 0.9, 0.999, ParameterScaling.ReverseLogarithmic).Decode([0.5]), 1e-12);

    [Fact]
    public void Draw_Integers_TakesEndsAsOftenAsTheRest()
    {
        var space = new SearchSpace([new IntegerParameter("n", 1, 4, ParameterScaling.Linear)]);
        var random = new Random(1);

        var counts = Enumerable.Range(0, 8000).Select(_ => space.Draw(random)[0]).CountBy(value => value).ToDictionary();

        Assert.All([1, 2, 3, 4], value => Assert.InRange(counts[value], 1850, 2150));
    }

    [Fact]
    public void Snap_MixedPoint_KeepsItsValues()
    {
        var space = new SearchSpace(
            [new ContinuousParameter("c", 1e-4, 1), new IntegerParameter("i", 2, 9), new CategoricalParameter("k", ["a", "b", "c"])]);
        double[] point = [0.02, 7, 1];

        var back = space.Decode(space.Encode(point));

        Assert.Equal(5, space.Width);
        Assert.Equal(point[0], back[0], 1e-12);
        Assert.Equal(point[1..], back[1..]);
    }

    [Theory]
    [InlineData(0, 1, ParameterScaling.Logarithmic)]
    [InlineData(0.5, 1, ParameterScaling.ReverseLogarithmic)]
    [InlineData(2, 1, ParameterScaling.Linear)]
    public void ContinuousParameter_RangeThatDoesNotSuit_IsRefused(double low, double high, ParameterScaling scaling) =>
        Assert.Throws<ArgumentException>(() => new ContinuousParameter("x", low, high, scaling));

    [Fact]
    public void Of_ShapesOfOne_ChangesNothing() => Assert.Equal(0.3, KumaraswamyWarp.Of(0.3, 1, 1), 1e-15);
}
