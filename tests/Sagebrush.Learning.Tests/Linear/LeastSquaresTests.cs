using Sagebrush.Learning.Linear;
using Sagebrush.Learning.Tables;
using Xunit;

namespace Sagebrush.Learning.Tests.Linear;

/// <summary>Regression by the squared loss: the weights are those that the formulae give.</summary>
public sealed class LeastSquaresTests
{
    private const int Rows = 3000;

    private static readonly LinearLearnerOptions Plain = new() { Predictor = LinearPredictor.Regressor, L1 = 0, WeightDecay = 0 };

    [Fact]
    public void Fit_ALinearLabel_FindsItsWeights()
    {
        var (features, labels) = Table(noise: 0);
        List<LinearEpoch> epochs = [];

        var model = new LinearLearner(Plain).Fit(features, labels, progress: epochs.Add, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([4, -2, 0], model.Weights.ToArray(), (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(7, model.Biases[0], 1e-3);
        Assert.InRange(Assert.Single(epochs).TrainLoss, 0, 1e-6);
    }

    [Fact]
    public void Fit_AnyNumberOfThreads_GivesTheSameBytes()
    {
        var (features, labels) = Table(noise: 1);

        byte[] Fit(int threads) => new LinearLearner(new() { Predictor = LinearPredictor.Regressor, Threads = threads }).Fit(features, labels).Save();

        Assert.Equal(Fit(1), Fit(3));
    }

    [Fact]
    public void Fit_CloseToStochasticGradients_AndNotWorse()
    {
        var (features, labels) = Table(noise: 3);
        var exact = new LinearLearner(Plain).Fit(features, labels, cancellationToken: TestContext.Current.CancellationToken);
        var gradients = new LinearLearner(Plain with { Optimizer = LinearOptimizer.Adam, Epochs = 40 }).Fit(features, labels, cancellationToken: TestContext.Current.CancellationToken);

        var (own, other) = (LinearLearner.MeanLoss(exact, Plain, features, labels), LinearLearner.MeanLoss(gradients, Plain, features, labels));
        Assert.InRange(own, other * 0.98, other * (1 + 1e-6));
    }

    [Fact]
    public void Fit_WithPenalties_MakesTheGradientVanish()
    {
        // Optimality (Friedman et al. 2010): where a weight is not 0, the gradient of loss and decay is the L1 penalty against its sign; where it is, no larger.
        var (features, labels) = Table(noise: 3);
        var options = Plain with { L1 = 0.05, WeightDecay = 0.1, NormalizeLabel = false, ScalerRows = Rows };
        var model = new LinearLearner(options).Fit(features, labels, cancellationToken: TestContext.Current.CancellationToken);

        for (var column = 0; column < 3; column++)
        {
            var (mean, deviation) = ColumnMoments.Of(features, column);
            var weight = model.Weights[column] * deviation;
            double gradient = options.WeightDecay!.Value * weight;
            var margin = new float[1];
            for (var i = 0; i < Rows; i++)
            {
                model.Margins(features.Row(i), margin);
                gradient += 2.0 / Rows * (margin[0] - labels[i]) * (features.Row(i)[column] - mean) / deviation;
            }

            Assert.InRange(Math.Abs(gradient), weight == 0 ? 0 : 0.049, 0.051);
        }

        Assert.Equal(0, model.Weights[2]);
    }

    [Fact]
    public void Fit_ColumnsThatAreSumsOfOthersOrConstant_StaysFinite()
    {
        var (features, labels) = Table(noise: 1);
        var values = new float[Rows * 5];
        for (var i = 0; i < Rows; i++)
        {
            var row = features.Row(i);
            row.CopyTo(values.AsSpan(i * 5));
            (values[(i * 5) + 3], values[(i * 5) + 4]) = (row[0] + row[1], 12);
        }

        var wide = new FeatureMatrix(values, Rows, 5);
        var model = new LinearLearner(Plain).Fit(wide, labels, cancellationToken: TestContext.Current.CancellationToken);
        var narrow = new LinearLearner(Plain).Fit(features, labels, cancellationToken: TestContext.Current.CancellationToken);

        Assert.All(model.Weights.ToArray(), weight => Assert.InRange(weight, -10, 10));
        Assert.Equal(LinearLearner.MeanLoss(narrow, Plain, features, labels), LinearLearner.MeanLoss(model, Plain, wide, labels), 1e-4);
    }

    [Fact]
    public void Fit_WeightedRows_IsAsIfTheyWereRepeated()
    {
        var (features, labels) = Table(noise: 3);
        float[] weights = [.. Enumerable.Range(0, Rows).Select(i => (float)(1 + (i % 3)))];
        int[] repeated = [.. Enumerable.Range(0, Rows).SelectMany(i => Enumerable.Repeat(i, 1 + (i % 3)))];
        var many = new FeatureMatrix(repeated.SelectMany(i => features.Row(i).ToArray()).ToArray(), repeated.Length, 3);

        var weighted = new LinearLearner(Plain).Fit(features, labels, rowWeights: weights, cancellationToken: TestContext.Current.CancellationToken);
        var copies = new LinearLearner(Plain).Fit(many, repeated.Select(i => labels[i]).ToArray(), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(copies.Weights.ToArray(), weighted.Weights.ToArray(), (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Theory]
    [InlineData(LinearOptimizer.Adam)]
    [InlineData(LinearOptimizer.Sgd)]
    public void Fit_ByAnOptimizerThatWasAskedFor_PassesOverTheRows(LinearOptimizer optimizer)
    {
        var (features, labels) = Table(noise: 3);
        List<LinearEpoch> epochs = [];
        new LinearLearner(Plain with { Optimizer = optimizer, Epochs = 4, Patience = 10 }).Fit(features, labels, progress: epochs.Add, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(4, epochs.Count);
    }

    // y = 7 + 4 a - 2 b, of columns with means and scales of their own; c says nothing.
    private static (FeatureMatrix Features, float[] Labels) Table(double noise)
    {
        var random = new Random(11);
        var values = new float[Rows * 3];
        var labels = new float[Rows];
        for (var i = 0; i < Rows; i++)
        {
            var (a, b, c) = (10 + random.NextDouble(), (random.NextDouble() - 0.5) * 5, random.NextDouble() * 0.01);
            (values[i * 3], values[(i * 3) + 1], values[(i * 3) + 2]) = ((float)a, (float)b, (float)c);
            labels[i] = (float)(7 + (4 * a) - (2 * b) + (noise * (random.NextDouble() - 0.5)));
        }

        return (new FeatureMatrix(values, Rows, 3), labels);
    }
}
