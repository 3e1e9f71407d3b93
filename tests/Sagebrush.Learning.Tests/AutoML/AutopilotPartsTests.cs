using Sagebrush.Learning.AutoML;
using Sagebrush.Learning.Tables.Typed;
using Xunit;

namespace Sagebrush.Learning.Tests.AutoML;

public sealed class AutopilotPartsTests
{
    [Theory]
    [InlineData("yes,no,yes,no,yes", ProblemType.BinaryClassification, "no,yes")]
    [InlineData("1,0,1,0,0", ProblemType.BinaryClassification, "0,1")]
    [InlineData("b,a,c,10,9", ProblemType.MulticlassClassification, "9,10,a,b,c")]
    [InlineData("3,1,2,2,1", ProblemType.MulticlassClassification, "1,2,3")]
    [InlineData("3.5,1,2,2,1", ProblemType.Regression, "")]
    [InlineData("11,12,13,14,15,16,17,18,19,20,21,22", ProblemType.Regression, "")]
    public void Of_Targets_AreUnderstood(string values, ProblemType problem, string classes)
    {
        string[] cells = [.. Enumerable.Repeat(values.Split(','), 6).SelectMany(all => all)];
        var isText = !cells.All(cell => CellText.TryNumber(cell, out _));
        string[] different = [.. cells.Distinct()];
        var column = isText
            ? new TableColumn("y", [.. cells.Select(cell => Array.IndexOf(different, cell))], different)
            : new TableColumn("y", [.. cells.Select(cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture))]);

        var task = AutopilotTask.Of(new([column], cells.Length), "y");

        Assert.Equal((problem, classes), (task.Problem, string.Join(',', task.Classes)));
        Assert.Equal(cells.Length, task.Rows.Length);
    }

    [Fact]
    public void Of_RareClassAndMissingTargets_AreLeftOutAndTold()
    {
        int[] codes = [.. Enumerable.Repeat(0, 12), .. Enumerable.Repeat(1, 8), 2, -1];
        var task = AutopilotTask.Of(new([new TableColumn("y", codes, ["a", "b", "rare"])], codes.Length), "y");

        Assert.Equal(["a", "b"], task.Classes);
        Assert.Equal(20, task.Rows.Length);
        Assert.Contains(task.Notes, note => note.Contains("1 rows without a target", StringComparison.Ordinal));
        Assert.Contains(task.Notes, note => note.Contains("Class 'rare' was left out", StringComparison.Ordinal));
    }

    [Fact]
    public void CrossValidation_RowsOfUnequalClasses_AreEachInOneFoldAndSharesAreKept()
    {
        var task = Task([.. Enumerable.Range(0, 1000).Select(i => i % 10 == 0 ? 1f : 0f)]);
        var folds = Folds.CrossValidation(task, 5, 3);

        Assert.Equal(Enumerable.Range(0, 1000), folds.Judged.Order());
        for (var fold = 0; fold < 5; fold++)
        {
            Assert.Empty(folds.Train[fold].Intersect(folds.Valid[fold]));
            Assert.Equal(20, folds.Valid[fold].Count(row => task.Labels[row] == 1));
        }
    }

    [Fact]
    public void Choose_TwoOppositeErrorsAndNoise_WeighsTheTwoAlike()
    {
        float[] truth = [.. Enumerable.Range(0, 50).Select(i => (float)i)];
        float[][] outputs = [[.. truth.Select(x => x + 1)], [.. truth.Select(x => x - 1)], [.. truth.Select(x => x * 3)]];

        var weights = GreedyEnsemble.Choose(outputs, mean => mean.Zip(truth, (a, b) => (double)((a - b) * (a - b))).Sum());

        Assert.Equal([0.5, 0.5, 0], weights);
    }

    [Fact]
    public void Fit_ProbabilitiesThatAreTooSure_BringsThemToTheTruth()
    {
        var random = new Random(1);
        var (labels, outputs) = (new float[20_000], new float[20_000]);
        for (var i = 0; i < labels.Length; i++)
        {
            var odds = (random.NextDouble() * 6) - 3;
            labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-odds)) ? 1 : 0;
            outputs[i] = (float)(1 / (1 + Math.Exp(-((2 * odds) + 1))));
        }

        var task = Task(labels);
        var calibration = ProbabilityCalibration.Fit(task, labels, outputs, [], changed => CandidateLoss.Of(task, AutopilotObjective.Find("Accuracy")!, labels, changed, []));

        Assert.Equal(0.5, calibration.Slope, 0.03);
        Assert.Equal(-0.5, calibration.Shift, 0.05);
    }

    [Fact]
    public void Find_RareClass_LowersTheThresholdForF1()
    {
        float[] labels = [.. Enumerable.Range(0, 100).Select(i => i >= 90 ? 1f : 0f)];
        float[] outputs = [.. Enumerable.Range(0, 100).Select(i => i / 400f)];

        Assert.Equal(0.5, DecisionThreshold.Find(Task(labels), AutopilotObjective.Find("Accuracy")!, labels, outputs, []));
        Assert.InRange(DecisionThreshold.Find(Task(labels), AutopilotObjective.Find("F1")!, labels, outputs, []), 89 / 400.0, 90 / 400.0);
    }

    [Theory]
    [InlineData("F1")]
    [InlineData("BalancedAccuracy")]
    public void Find_Weights_CountLikeRepeatedRows(string objective)
    {
        var random = new Random(2);
        float[] outputs = [.. Enumerable.Range(0, 300).Select(_ => random.NextSingle())];
        float[] labels = [.. outputs.Select(output => random.NextSingle() < output * output ? 1f : 0f)];
        float[] weights = [.. outputs.Select(_ => (float)random.Next(4))];
        int[] repeated = [.. Enumerable.Range(0, 300).SelectMany(row => Enumerable.Repeat(row, (int)weights[row]))];
        var goal = AutopilotObjective.Find(objective)!;

        var threshold = DecisionThreshold.Find(Task(labels), goal, labels, outputs, weights);

        float[] fewer = [.. repeated.Select(row => outputs[row])];
        float[] theirs = [.. repeated.Select(row => labels[row])];
        double Score(ReadOnlySpan<float> of, ReadOnlySpan<float> probabilities, double above) =>
            AutopilotObjective.Evaluate(ProblemType.BinaryClassification, of, probabilities, 2, above)[objective];
        Assert.Equal(
            Score(theirs, fewer, DecisionThreshold.Find(Task(theirs), goal, theirs, fewer, [])),
            Score(theirs, fewer, threshold),
            1e-9);
    }

    [Fact]
    public void Fit_Weights_CountLikeRepeatedRows()
    {
        var random = new Random(3);
        float[] outputs = [.. Enumerable.Range(0, 400).Select(_ => random.NextSingle())];
        float[] labels = [.. outputs.Select(output => random.NextSingle() < (output / 2) + 0.1 ? 1f : 0f)];
        float[] weights = [.. outputs.Select(_ => (float)random.Next(4))];
        int[] repeated = [.. Enumerable.Range(0, 400).SelectMany(row => Enumerable.Repeat(row, (int)weights[row]))];
        float[] fewer = [.. repeated.Select(row => outputs[row])];
        float[] theirs = [.. repeated.Select(row => labels[row])];

        Assert.Equal(Fit(theirs, fewer, []), Fit(labels, outputs, weights));

        static (double, double) Fit(float[] labels, float[] outputs, float[] weights)
        {
            var (task, likelihood) = (Task(labels), AutopilotObjective.Find("Accuracy")!);
            var fitted = ProbabilityCalibration.Fit(task, labels, outputs, weights, changed => CandidateLoss.Of(task, likelihood, labels, changed, weights));
            Assert.NotEqual(ProbabilityCalibration.None, fitted);
            return (Math.Round(fitted.Slope, 6), Math.Round(fitted.Shift, 6));
        }
    }

    [Fact]
    public void Of_OneClassWithWeightZero_IsTheLikelihood()
    {
        float[] labels = [0, 1, 1], outputs = [0.5f, 0.5f, 0.5f];

        var loss = CandidateLoss.Of(Task(labels), AutopilotObjective.Find("AUC")!, labels, outputs, [0, 1, 2]);

        Assert.Equal(Math.Log(2), loss, 1e-6);
    }

    private static AutopilotTask Task(float[] labels) => new()
    {
        Target = "y",
        Problem = ProblemType.BinaryClassification,
        Classes = ["0", "1"],
        Rows = [.. Enumerable.Range(0, labels.Length)],
        Labels = labels,
        Notes = [],
    };
}
