using Sagebrush.Learning.Trees.XGBoost;
using Xunit;

namespace Sagebrush.Learning.Tests.Trees;

public sealed class BoosterTests
{
    [Fact]
    public void Update_LabelOutOfRange_CarriesTheLibrarysReason()
    {
        using var matrix = DMatrix.FromDense([1, 2, 3, 4], 2, 2);
        matrix.SetLabels([0, 7]);
        using var booster = Booster.Create(new Dictionary<string, string> { ["objective"] = "binary:logistic" }, matrix);

        var error = Assert.Throws<XGBoostException>(() => booster.Update(0, matrix));

        Assert.Contains("label must be in [0,1] for logistic regression", error.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("Stack trace", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_TwoSetsAndMetrics_GivesEachByName()
    {
        using var training = new RandomTraining(5, "binary:logistic");
        using var booster = Booster.Create(
            [new("objective", "binary:logistic"), new("eval_metric", "auc"), new("eval_metric", "error@0.7")], training.Matrix);
        booster.Update(0, training.Matrix);

        var metrics = booster.Evaluate(0, ("train", training.Matrix), ("held-out", training.Matrix));

        Assert.Equal(
            [("train", "auc"), ("train", "error@0.7"), ("held-out", "auc"), ("held-out", "error@0.7")],
            metrics.Select(m => (m.DataSet, m.Metric)));
        Assert.All(metrics, m => Assert.InRange(m.Value, 0, 1));
    }

    [Fact]
    public void FromDense_SkippedColumns_TrainsAsWithout()
    {
        using var whole = DMatrix.FromDense([9, 1, 2, 9, 3, 4], 2, 3, skipColumns: 1);

        Assert.Equal(2, whole.RowCount);
        Assert.Equal(2, whole.ColumnCount);
    }

    [Fact]
    public void FromSparse_AbsentValues_CountAsMissing()
    {
        float[] labels = [0, 1, 0, 1];
        using var sparse = DMatrix.FromSparse([0, 1, 2, 4, 5], [0, 1, 0, 1, 1], [1f, 5f, 2f, 6f, 7f], 3);
        using var dense = DMatrix.FromDense(
            [1, float.NaN, float.NaN, float.NaN, 5, float.NaN, 2, 6, float.NaN, float.NaN, 7, float.NaN], 4, 3);

        Assert.Equal(Predictions(dense, labels), Predictions(sparse, labels));
        Assert.Equal(3, sparse.ColumnCount);
    }

    [Fact]
    public void Load_StoredModel_GoesOnWithItsRounds()
    {
        using var training = new RandomTraining(4, "reg:squarederror");
        using var again = Booster.Create([], training.Matrix);

        again.Load(training.Booster.Save());

        Assert.Equal(training.Booster.BoostedRounds, again.BoostedRounds);
        Assert.Equal(training.Booster.Predict(training.Matrix), again.Predict(training.Matrix));
    }

    [Fact]
    public void Attributes_SetAndRemoved_AreStoredWithTheModel()
    {
        using var training = new RandomTraining(4, "reg:squarederror");
        training.Booster.SetAttribute("best_score", "0.5");
        training.Booster.SetAttribute("gone", "1");
        training.Booster.SetAttribute("gone", null);

        var model = XGBoostModel.Load(training.Booster.Save());

        Assert.Equal("0.5", model.Attributes["best_score"]);
        Assert.Null(training.Booster.GetAttribute("gone"));
    }

    [Fact]
    public void LogTo_Warning_ReachesTheReceiver()
    {
        List<string> lines = [];
        XGBoostLibrary.LogTo(lines.Add);
        using var matrix = DMatrix.FromDense([1, 2, 3, 4], 2, 2);
        matrix.SetLabels([0, 1]);
        using var booster = Booster.Create(new Dictionary<string, string> { ["objective"] = "reg:linear", ["verbosity"] = "1" }, matrix);

        booster.Update(0, matrix);
        XGBoostLibrary.LogTo(null);

        Assert.Contains(lines, line => line.Contains("deprecated", StringComparison.Ordinal));
    }

    private static float[] Predictions(DMatrix matrix, float[] labels)
    {
        matrix.SetLabels(labels);
        using var booster = Booster.Create(
            new Dictionary<string, string> { ["objective"] = "reg:squarederror", ["min_child_weight"] = "0", ["nthread"] = "1" }, matrix);
        booster.Update(0, matrix);
        return booster.Predict(matrix);
    }
}
