using Sagebrush.Quickstart;
using Xunit;

namespace Sagebrush.Tests.Quickstart;

public sealed class TrainingProgressTests
{
    [Theory]
    [InlineData("[12]#011train-auc:0.99#011validation-auc:0.98", 12, "auc 0.98")]
    [InlineData("[0]\ttrain-rmse:8.1\tvalidation-rmse:45237.9068", 0, "rmse 45237.9068")]
    [InlineData("[3]#011train-merror:0.1#011train-mlogloss:0.4#011validation-merror:0.2#011validation-mlogloss:5e-05", 3, "merror 0.2, mlogloss 0.00005")]
    public void Parse_EvaluationLine_ReadsRoundAndValidationMetrics(string line, int round, string metrics)
    {
        var progress = TrainingProgress.Parse(line);

        Assert.Equal(round, progress!.Round);
        Assert.Equal(metrics, progress.ToString());
    }

    [Theory]
    [InlineData("[2026-11-22:11:27:33:INFO] Starting training with the built-in algorithm xgboost.")]
    [InlineData("[12]#011train-auc:0.99")]
    [InlineData("")]
    public void Parse_OtherLine_IsNothing(string line) => Assert.Null(TrainingProgress.Parse(line));

    [Fact]
    public void IsBetterThan_Rounds_ComparesTheLastMetric()
    {
        var first = TrainingProgress.Parse("[0]#011validation-auc:0.9#011validation-logloss:0.5")!;
        var second = TrainingProgress.Parse("[1]#011validation-auc:0.8#011validation-logloss:0.4")!;

        Assert.True(second.IsBetterThan(first));
        Assert.False(first.IsBetterThan(second));
        Assert.True(first.IsBetterThan(null));
    }
}
