using Sagebrush.Quickstart;
using Xunit;

namespace Sagebrush.Tests.Quickstart;

/// <summary>Expected figures are those of scikit-learn 1.2.1 (roc_auc_score, log_loss) on the same numbers.</summary>
public sealed class ScoreTests
{
    [Fact]
    public void Classification_TwoClasses_AgreesWithScikitLearn()
    {
        var score = ClassificationScore.Of([0, 0, 1, 1, 0, 1], [0.9f, 0.1f, 0.6f, 0.4f, 0.65f, 0.35f, 0.2f, 0.8f, 0.6f, 0.4f, 0.6f, 0.4f], 2);

        Assert.Equal(4 / 6.0, score.Confusion.Accuracy, 12);
        Assert.Equal(0.6666666666666667, score.Auc, 12);
        Assert.Equal(0.5527113618128084, score.LogLoss, 6);
        Assert.Equal((3, 0, 2, 1), (score.Confusion[0, 0], score.Confusion[0, 1], score.Confusion[1, 0], score.Confusion[1, 1]));
    }

    [Fact]
    public void Classification_ThreeClasses_AgreesWithScikitLearn()
    {
        var score = ClassificationScore.Of(
            [0, 1, 2, 2, 1, 0],
            [0.7f, 0.2f, 0.1f, 0.1f, 0.5f, 0.4f, 0.2f, 0.5f, 0.3f, 0.3f, 0.3f, 0.4f, 0.6f, 0.3f, 0.1f, 0.2f, 0.2f, 0.6f],
            3);

        Assert.Equal(3 / 6.0, score.Confusion.Accuracy, 12);
        Assert.Equal(0.6666666666666666, score.Auc, 12);
        Assert.Equal(0.9972493962431342, score.LogLoss, 6);
    }

    [Fact]
    public void Classification_OneClassOnly_HasNoArea() => Assert.True(double.IsNaN(ClassificationScore.Of([1, 1], [0.8f, 0.2f, 0.1f, 0.9f], 2).Auc));

    [Fact]
    public void Latency_Percentiles_AreOfNearestRank()
    {
        var latency = Latency.Of([.. Enumerable.Range(1, 200).Reverse().Select(i => TimeSpan.FromMilliseconds(i))]);

        Assert.Equal((200, 100, 190, 198), (latency.Requests, latency.P50.TotalMilliseconds, latency.P95.TotalMilliseconds, latency.P99.TotalMilliseconds));
    }
}
