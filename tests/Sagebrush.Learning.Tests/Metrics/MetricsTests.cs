using Sagebrush.Learning.Metrics;
using Xunit;

namespace Sagebrush.Learning.Tests.Metrics;

/// <summary>Expected values are those of scikit-learn 1.2.1 on the same numbers.</summary>
public sealed class MetricsTests
{
    private const int Count = 200;

    private static readonly int[] A = Numbers(1);
    private static readonly int[] B = Numbers(2);
    private static readonly int[] C = Numbers(3);
    private static readonly float[] Labels = Array.ConvertAll(A, v => v % 3 == 0 ? 1f : 0f);
    private static readonly float[] Scores = [.. B.Zip(Labels, (v, y) => Math.Clamp((v % 50 / 50f) + (y * 0.25f), 0f, 1f))];

    [Fact]
    public void RocAuc_TiedScores_AgreesWithScikitLearn() =>
        Assert.Equal(0.7432215073529411, ProbabilityMetrics.RocAuc(Labels, Scores), 1e-12);

    [Fact]
    public void LogLoss_ProbabilitiesAtTheEnds_AgreesWithScikitLearn() =>
        Assert.Equal(0.7472063046018599, ProbabilityMetrics.LogLoss(Labels, Scores), 1e-6);

    [Fact]
    public void LogLoss_TwoClassesAsSeveral_IsTheSame()
    {
        var rows = Scores.SelectMany(p => new[] { 1 - p, p }).ToArray();

        var loss = ProbabilityMetrics.LogLoss(Array.ConvertAll(Labels, l => (int)l), rows, 2);

        Assert.Equal(ProbabilityMetrics.LogLoss(Labels, Scores), loss, 1e-6);
    }

    [Fact]
    public void ConfusionMatrix_TwoClasses_AgreesWithScikitLearn()
    {
        var matrix = ConfusionMatrix.Count(Labels, Scores);

        Assert.Equal([71, 65, 15, 49], [matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1]]);
        Assert.Equal(0.6, matrix.Accuracy, 1e-12);
        Assert.Equal(0.4298245614035088, matrix.Precision(1), 1e-12);
        Assert.Equal(0.765625, matrix.Recall(1), 1e-12);
        Assert.Equal(0.550561797752809, matrix.F1(1), 1e-12);
    }

    [Fact]
    public void ConfusionMatrix_FourClasses_AgreesWithScikitLearn()
    {
        var predicted = A.Zip(B, (v, w) => w % 3 != 0 ? v % 4 : w % 4).ToArray();

        var matrix = ConfusionMatrix.Count(Array.ConvertAll(A, v => v % 4), predicted);

        Assert.Equal(4, matrix.ClassCount);
        Assert.Equal(Count, matrix.Total);
        Assert.Equal(0.78, matrix.Accuracy, 1e-12);
        Assert.Equal(0.7667850259762025, matrix.BalancedAccuracy, 1e-12);
        Assert.Equal(0.7670386545966996, matrix.MacroF1, 1e-12);
        Assert.Equal(0.7707723662941879, matrix.MacroPrecision, 1e-12);
        Assert.Equal(0.7667850259762025, matrix.MacroRecall, 1e-12);
    }

    [Fact]
    public void RegressionMetrics_Differences_AgreeWithScikitLearn()
    {
        var actual = Array.ConvertAll(A, v => v % 1000 / 10f);
        var predicted = Array.ConvertAll(C, v => v % 900 / 10f);

        Assert.Equal(37.05052099133065, RegressionMetrics.RootMeanSquaredError(actual, predicted), 1e-9);
        Assert.Equal(30.262, RegressionMetrics.MeanAbsoluteError(actual, predicted), 1e-5);
        Assert.Equal(-0.736091464554701, RegressionMetrics.RSquared(actual, predicted), 1e-6);
    }

    [Fact]
    public void Metrics_Weights_AgreeWithScikitLearn()
    {
        var weights = Array.ConvertAll(C, v => (float)(v % 5));
        var predicted = A.Zip(B, (v, w) => w % 3 != 0 ? v % 4 : w % 4).ToArray();

        Assert.Equal(0.7155798753609971, ProbabilityMetrics.RocAuc(Labels, Scores, weights), 1e-12);
        Assert.Equal(0.7301914601895895, ProbabilityMetrics.LogLoss(Labels, Scores, weights), 1e-6);
        Assert.Equal(0.7301914601895895, ProbabilityMetrics.LogLoss(Array.ConvertAll(Labels, l => (int)l), [.. Scores.SelectMany(p => new[] { 1 - p, p })], 2, weights), 1e-6);
        var matrix = ConfusionMatrix.Count(Array.ConvertAll(A, v => v % 4), predicted, 4, weights);
        Assert.Equal([47, 14, 9, 13], [matrix[0, 0], matrix[0, 1], matrix[0, 2], matrix[0, 3]]);
        Assert.Equal(0.7838541666666666, matrix.Accuracy, 1e-12);
        Assert.Equal(0.7745465533803351, matrix.BalancedAccuracy, 1e-12);
        Assert.Equal(0.7734155390446963, matrix.MacroF1, 1e-12);
    }

    [Fact]
    public void RegressionMetrics_Weights_AgreeWithScikitLearn()
    {
        var actual = Array.ConvertAll(A, v => v % 1000 / 10f);
        var predicted = Array.ConvertAll(C, v => v % 900 / 10f);
        var weights = Array.ConvertAll(B, v => (float)(v % 5));

        Assert.Equal(37.03283718908717, RegressionMetrics.RootMeanSquaredError(actual, predicted, weights), 1e-5);
        Assert.Equal(30.765382766723633, RegressionMetrics.MeanAbsoluteError(actual, predicted, weights), 1e-5);
        Assert.Equal(-0.7012569751891298, RegressionMetrics.RSquared(actual, predicted, weights), 1e-6);
    }

    [Fact]
    public void RocAuc_OneClassOnly_SaysSo()
    {
        var error = Assert.Throws<ArgumentException>(() => ProbabilityMetrics.RocAuc([1, 1], [0.1f, 0.2f]));

        Assert.Contains("needs both positives and negatives", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_DifferentOrNoRows_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => RegressionMetrics.MeanAbsoluteError([1], [1, 2]));
        Assert.Throws<ArgumentException>(() => RegressionMetrics.MeanAbsoluteError([], []));
        Assert.Throws<ArgumentException>(() => ConfusionMatrix.Count([0, 5], [0, 1], 2));
        Assert.Throws<ArgumentException>(() => RegressionMetrics.RSquared([1, 2], [1, 2], [1]));
    }

    private static int[] Numbers(uint seed)
    {
        var numbers = new int[Count];
        for (var i = 0; i < Count; i++)
        {
            seed = ((seed * 1103515245) + 12345) & int.MaxValue;
            numbers[i] = (int)(seed >> 16);
        }

        return numbers;
    }
}
