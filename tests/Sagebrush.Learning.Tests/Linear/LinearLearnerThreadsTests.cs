using Sagebrush.Learning.Linear;
using Sagebrush.Learning.Tables;
using Xunit;

namespace Sagebrush.Learning.Tests.Linear;

public sealed class LinearLearnerThreadsTests
{
    [Theory]
    [InlineData(LinearPredictor.Regressor)]
    [InlineData(LinearPredictor.MulticlassClassifier)]
    public void Fit_AnyNumberOfThreads_GivesTheSameBytes(LinearPredictor predictor)
    {
        var random = new Random(3);
        var values = Enumerable.Range(0, 500 * 6).Select(_ => random.NextSingle()).ToArray();
        var labels = Enumerable.Range(0, 500).Select(i => (float)(i % 3)).ToArray();
        byte[] Fit(int threads, long seed) => new LinearLearner(new() { Predictor = predictor, Optimizer = LinearOptimizer.Adam, ClassCount = 3, Threads = threads, Epochs = 3, Seed = seed })
            .Fit(new FeatureMatrix(values, 500, 6), labels, cancellationToken: TestContext.Current.CancellationToken).Save();

        Assert.Equal(Fit(1, 5), Fit(3, 5));
        Assert.NotEqual(Fit(1, 5), Fit(1, 6));
    }

    [Fact]
    public void Fit_WeightedRows_CountAsMuchAsTheyWeigh()
    {
        // One place, two labels: the probability is the share of the weight.
        float[] values = [.. Enumerable.Range(0, 800).Select(i => (float)(i % 5))];
        float[] labels = [.. Enumerable.Range(0, 800).Select(i => (float)(i % 2))];
        float[] weights = [.. labels.Select(label => label == 1 ? 9f : 3f)];
        var model = new LinearLearner(new() { Predictor = LinearPredictor.BinaryClassifier, Epochs = 30 })
            .Fit(new(values, 800, 1), labels, rowWeights: weights, cancellationToken: TestContext.Current.CancellationToken);
        var output = new float[1];
        model.Predict([2], output);

        Assert.Equal(0.75f, output[0], 0.03f);
        Assert.Throws<ArgumentException>(() => new LinearLearner(new() { Predictor = LinearPredictor.Regressor })
            .Fit(new(values, 800, 1), labels, rowWeights: new float[800], cancellationToken: TestContext.Current.CancellationToken));
    }
}
