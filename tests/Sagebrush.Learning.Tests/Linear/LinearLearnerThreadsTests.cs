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
        byte[] Fit(int threads, long seed) => new LinearLearner(new() { Predictor = predictor, ClassCount = 3, Threads = threads, Epochs = 3, Seed = seed })
            .Fit(new FeatureMatrix(values, 500, 6), labels, cancellationToken: TestContext.Current.CancellationToken).Save();

        Assert.Equal(Fit(1, 5), Fit(3, 5));
        Assert.NotEqual(Fit(1, 5), Fit(1, 6));
    }
}
