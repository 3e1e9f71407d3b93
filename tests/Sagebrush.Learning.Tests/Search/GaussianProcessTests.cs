using Sagebrush.Learning.Search;
using Xunit;

namespace Sagebrush.Learning.Tests.Search;

/// <summary>The surrogate and the acquisition, beside scikit-learn's and SciPy's figures.</summary>
public sealed class GaussianProcessTests
{
    private static readonly double[][] Inputs = [[.1, .2], [.4, .9], [.7, .3], [.95, .6], [.2, .75]];
    private static readonly double[] Values = [1.2, -.3, .4, 2, -.8];

    // GaussianProcessRegressor(ConstantKernel(1.7) * Matern([.3, .8], nu=2.5), alpha=.01, optimizer=None) of scikit-learn 1.2.1.
    [Theory]
    [InlineData(.5, .5, 0.02187240765277454, 0.3498695798737559)]
    [InlineData(.1, .2, 1.179993239404593, 0.009889160235814431)]
    [InlineData(0, 1, -0.5575358734861187, 0.8469883408275627)]
    public void Predict_FittedData_EqualsScikitLearn(double x, double y, double mean, double variance)
    {
        var process = Fitted();

        var prediction = process.Predict([x, y]);

        Assert.Equal(mean, prediction.Mean, 1e-9);
        Assert.Equal(variance, prediction.Variance, 1e-9);
    }

    [Fact]
    public void LogMarginalLikelihood_FittedData_EqualsScikitLearn() => Assert.Equal(-8.386496636134783, Fitted().LogMarginalLikelihood, 1e-9);

    [Theory]
    [InlineData(0.3, 0.5, 0.1, 0.1152194184737265)]
    [InlineData(-1, 0.2, 0, 1.000000010692331)]
    [InlineData(0, 1, 0, 0.3989422804014327)]
    public void Of_NormalBelief_EqualsTheClosedForm(double mean, double deviation, double best, double expected) =>
        Assert.Equal(expected, ExpectedImprovement.Of(mean, deviation, best), 1e-12);

    [Theory]
    [InlineData(-7, 1.279812543885835e-12)]
    [InlineData(-1.3, 0.09680048458561036)]
    [InlineData(0.4, 0.6554217416103242)]
    [InlineData(6, 0.9999999990134123)]
    public void Cumulative_AnyTail_EqualsSciPy(double z, double expected) => Assert.Equal(1, ExpectedImprovement.Cumulative(z) / expected, 1e-9);

    [Fact]
    public void TryAdd_TheSamePlaceWithoutNoise_IsRefused()
    {
        var process = new GaussianProcess([1], 1, 0);
        Assert.True(process.TryAdd([0.5], 1));

        Assert.False(process.TryAdd([0.5], 1));
    }

    private static GaussianProcess Fitted()
    {
        var process = new GaussianProcess([.3, .8], 1.7, .01);
        for (var i = 0; i < Inputs.Length; i++)
        {
            Assert.True(process.TryAdd(Inputs[i], Values[i]));
        }

        return process;
    }
}
