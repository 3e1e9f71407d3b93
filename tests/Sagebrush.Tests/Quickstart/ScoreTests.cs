using Sagebrush.Quickstart;
using Xunit;

namespace Sagebrush.Tests.Quickstart;

/// <summary>Expected figures are those of scikit-learn 1.2.1 (roc_auc_score, log_loss, r2_score, …) on the same numbers.</summary>
public sealed class ScoreTests
{
    [Fact]
    public void Classification_Binary_AgreesWithScikitLearn()
    {
        var score = ClassificationScore.Of([0, 0, 1, 1, 0, 1], Binary(0.1, 0.4, 0.35, 0.8, 0.4, 0.4));

        Assert.Equal(4 / 6.0, score.Accuracy, 12);
        Assert.Equal(0.6666666666666667, score.Auc, 12);
        Assert.Equal(0.5527113618128084, score.LogLoss, 12);
        Assert.Equal(new[,] { { 3, 0 }, { 2, 1 } }, score.Confusion);
    }

    [Fact]
    public void Classification_ThreeClasses_AgreesWithScikitLearn()
    {
        var probabilities = new[,] { { 0.7, 0.2, 0.1 }, { 0.1, 0.5, 0.4 }, { 0.2, 0.5, 0.3 }, { 0.3, 0.3, 0.4 }, { 0.6, 0.3, 0.1 }, { 0.2, 0.2, 0.6 } };

        var score = ClassificationScore.Of([0, 1, 2, 2, 1, 0], probabilities);

        Assert.Equal(3 / 6.0, score.Accuracy, 12);
        Assert.Equal(0.6666666666666666, score.Auc, 12);
        Assert.Equal(0.9972493962431342, score.LogLoss, 12);
    }

    [Fact]
    public void Classification_OneClassOnly_HasNoArea() => Assert.True(double.IsNaN(ClassificationScore.Of([1, 1], Binary(0.2, 0.9)).Auc));

    [Fact]
    public void Regression_AgreesWithScikitLearn()
    {
        var score = RegressionScore.Of([3, -0.5, 2, 7], [2.5, 0.0, 2, 8]);

        Assert.Equal(0.6123724356957945, score.Rmse, 12);
        Assert.Equal(0.5, score.Mae, 12);
        Assert.Equal(0.9486081370449679, score.R2, 12);
    }

    [Fact]
    public void Latency_Percentiles_AreOfNearestRank()
    {
        var latency = Latency.Of([.. Enumerable.Range(1, 200).Reverse().Select(i => TimeSpan.FromMilliseconds(i))]);

        Assert.Equal((200, 100, 190, 198), (latency.Requests, latency.P50.TotalMilliseconds, latency.P95.TotalMilliseconds, latency.P99.TotalMilliseconds));
    }

    private static double[,] Binary(params double[] positive)
    {
        var table = new double[positive.Length, 2];
        for (var i = 0; i < positive.Length; i++)
        {
            (table[i, 0], table[i, 1]) = (1 - positive[i], positive[i]);
        }

        return table;
    }
}
