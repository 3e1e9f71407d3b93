using Sagebrush.Learning.Linear;
using Sagebrush.Learning.Tables;
using Xunit;

namespace Sagebrush.Learning.Tests.Linear;

/// <summary>Two classes by the logistic loss: the weights are those at which it is least.</summary>
public sealed class LogisticNewtonTests
{
    private const int Rows = 20_000;
    private const int Columns = 4;

    private static readonly LinearLearnerOptions Plain = new()
    {
        Predictor = LinearPredictor.BinaryClassifier, Criterion = SelectionCriterion.LossFunction, L1 = 0, WeightDecay = 0, ScalerRows = Rows,
    };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.02, 0)]
    [InlineData(0, 0.1)]
    [InlineData(0.01, 0.05)]
    [InlineData(5, 0)]
    public void Fit_AnyPenalties_MakesTheGradientVanish(double l1, double decay)
    {
        // Optimality (Friedman et al. 2010): where a weight is not 0, the gradient of loss and decay is the L1 penalty against its sign; where it is, no larger.
        var (features, labels) = Table(seed: 1);
        var model = Fit(Plain with { L1 = l1, WeightDecay = decay }, features, labels);

        var ofBias = 0.0;
        for (var column = 0; column < Columns; column++)
        {
            var (mean, deviation) = ColumnMoments.Of(features, column);
            var weight = model.Weights[column] * deviation;
            var gradient = decay * weight;
            ofBias = 0;
            var margin = new float[1];
            for (var i = 0; i < Rows; i++)
            {
                model.Margins(features.Row(i), margin);
                var slope = ((1 / (1 + Math.Exp(-margin[0]))) - labels[i]) / Rows;
                gradient += slope * (features.Row(i)[column] - mean) / deviation;
                ofBias += slope;
            }

            Assert.InRange(weight == 0 ? Math.Max(0, Math.Abs(gradient) - l1) : Math.Abs(gradient + (l1 * Math.Sign(weight))), 0, 2e-4);
        }

        Assert.InRange(ofBias, -2e-4, 2e-4);
        Assert.Equal(l1 == 5, model.Weights.ToArray().All(weight => weight == 0));
    }

    [Fact]
    public void Fit_BesideStochasticGradients_IsNotWorse()
    {
        var (features, labels) = Table(seed: 2);
        var exact = Fit(Plain, features, labels);
        var gradients = Fit(Plain with { Optimizer = LinearOptimizer.Adam, Epochs = 20 }, features, labels);

        var (own, other) = (LinearLearner.MeanLoss(exact, Plain, features, labels), LinearLearner.MeanLoss(gradients, Plain, features, labels));
        Assert.InRange(own, other * 0.98, other * (1 + 1e-6));
    }

    [Fact]
    public void Fit_AnyNumberOfThreads_GivesTheSameBytes()
    {
        var (features, labels) = Table(seed: 3);

        byte[] Saved(int threads) => Fit(new() { Predictor = LinearPredictor.BinaryClassifier, Threads = threads }, features, labels).Save();

        Assert.Equal(Saved(1), Saved(3));
    }

    [Fact]
    public void Fit_ClassesThatALineParts_TellsThemApartWithFiniteWeights()
    {
        var (features, _) = Table(seed: 4);
        float[] labels = [.. Enumerable.Range(0, Rows).Select(i => features.Row(i)[0] > 1 ? 1f : 0f)];
        var model = Fit(Plain, features, labels);

        Assert.All(model.Weights.ToArray(), weight => Assert.True(double.IsFinite(weight)));
        Assert.InRange(LinearLearner.MeanLoss(model, Plain, features, labels), 0, 0.01);
    }

    [Fact]
    public void Fit_OneClassOnly_SaysIt()
    {
        var (features, _) = Table(seed: 5);
        var labels = new float[Rows];
        var model = Fit(Plain with { PositiveWeight = 1 }, features, labels);

        Assert.InRange(LinearLearner.MeanLoss(model, Plain, features, labels), 0, 1e-3);
    }

    [Fact]
    public void Fit_WeightedRows_IsAsIfTheyWereRepeated()
    {
        var (features, labels) = Table(seed: 6);
        float[] weights = [.. Enumerable.Range(0, Rows).Select(i => (float)(i % 3))];
        int[] repeated = [.. Enumerable.Range(0, Rows).SelectMany(i => Enumerable.Repeat(i, i % 3))];
        var many = new FeatureMatrix(repeated.SelectMany(i => features.Row(i).ToArray()).ToArray(), repeated.Length, Columns);

        var weighted = new LinearLearner(Plain).Fit(features, labels, rowWeights: weights, cancellationToken: TestContext.Current.CancellationToken);
        var copies = Fit(Plain, many, [.. repeated.Select(i => labels[i])]);

        // The last column is a sum of others: not its weights but the margins are sure.
        float[] Margins(LinearModel model) => [.. Enumerable.Range(0, 100).Select(i =>
        {
            var margin = new float[1];
            model.Margins(features.Row(i), margin);
            return margin[0];
        })];
        Assert.Equal(Margins(copies), Margins(weighted), (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Fact]
    public void Fit_GivenUpAtOnce_StillGivesAModel()
    {
        var (features, labels) = Table(seed: 7);
        using var over = new CancellationTokenSource();
        over.Cancel();
        var model = new LinearLearner(Plain).Fit(features, labels, cancellationToken: over.Token);

        Assert.InRange(LinearLearner.MeanLoss(model, Plain, features, labels), 0, Math.Log(2));
    }

    private static LinearModel Fit(LinearLearnerOptions options, FeatureMatrix features, float[] labels) =>
        new LinearLearner(options).Fit(features, labels, cancellationToken: TestContext.Current.CancellationToken);

    // Odds of e^(1 + 2 a - b / 2), of columns with means and scales of their own; c says nothing, and the last is the sum of a and c.
    private static (FeatureMatrix Features, float[] Labels) Table(int seed)
    {
        var random = new Random(seed);
        var (values, labels) = (new float[Rows * Columns], new float[Rows]);
        for (var i = 0; i < Rows; i++)
        {
            var (a, b, c) = (random.NextSingle() * 2, 10 + (random.NextSingle() * 4), random.NextSingle());
            (values[i * Columns], values[(i * Columns) + 1], values[(i * Columns) + 2], values[(i * Columns) + 3]) = (a, b, c, a + c);
            labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-(4 + (2 * a) - (b / 2)))) ? 1 : 0;
        }

        return (new FeatureMatrix(values, Rows, Columns), labels);
    }
}
