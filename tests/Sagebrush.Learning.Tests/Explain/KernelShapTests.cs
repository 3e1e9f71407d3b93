using Sagebrush.Learning.Explain;
using Xunit;

namespace Sagebrush.Learning.Tests.Explain;

public sealed class KernelShapTests
{
    private static readonly double[] Weights = [1, -2, 3, 0.5];

    [Fact]
    public void Explain_LinearModel_EqualsTheClosedForm()
    {
        double[] background = [0, 0, 0, 0, 2, 4, 6, 8], row = [1, 2, 3, 4], expected = new double[4];
        LinearShap.Explain(Weights, [1, 2, 3, 4], [1, 2, 3, 7], expected);

        var values = new KernelShap(Linear, background, 4).Explain([1, 2, 3, 7]);

        Assert.Equal([0, 0, 0, 1.5], expected);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(expected[i], values[i], 1e-8);
        }

        Assert.Equal(8, new KernelShap(Linear, background, 4).Explain(row)[4], 1e-8);
    }

    // f = a b + c over a background of zeros: the product is shared evenly.
    [Fact]
    public void Explain_Interaction_IsSharedEvenly()
    {
        var values = new KernelShap((rows, count, output) => Each(rows, count, output, 3, r => (r[0] * r[1]) + r[2]), new double[3], 3).Explain([2, 3, 5]);

        Assert.Equal(3, values[0], 1e-8);
        Assert.Equal(3, values[1], 1e-8);
        Assert.Equal(5, values[2], 1e-8);
    }

    [Fact]
    public void Explain_ManyFeatures_ConvergesToExactValues()
    {
        const int Features = 16;
        void Model(double[] rows, int count, double[] output) => Each(rows, count, output, Features, r => (r[0] * r[1]) + (2 * r[2]) + r[15]);

        var values = new KernelShap(Model, new double[Features], Features, samples: 8192).Explain([.. Enumerable.Repeat(1.0, Features)]);

        double[] expected = [0.5, 0.5, 2, .. new double[12], 1];
        for (var i = 0; i < Features; i++)
        {
            Assert.Equal(expected[i], values[i], 0.02);
        }

        Assert.Equal(4, values.Sum(), 1e-9);
    }

    [Fact]
    public void Global_Methods_AreThoseOfTheirNames()
    {
        double[] values = [-3, 1, 2, 4];

        Assert.Equal(2.5, GlobalShap.MeanAbsolute(values));
        Assert.Equal(1.5, GlobalShap.Median(values));
        Assert.Equal(7.5, GlobalShap.MeanSquare(values));
    }

    private static void Linear(double[] rows, int count, double[] output) =>
        Each(rows, count, output, 4, row => row[0] - (2 * row[1]) + (3 * row[2]) + (0.5 * row[3]));

    private static void Each(double[] rows, int count, double[] output, int features, Func<double[], double> model)
    {
        for (var i = 0; i < count; i++)
        {
            output[i] = model(rows[(i * features)..((i + 1) * features)]);
        }
    }
}
