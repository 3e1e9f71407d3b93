using Sagebrush.Learning.Explain;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Trees.Boosting;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Learning.Tests.Trees.Boosting;

/// <summary>Against scikit-learn's histogram boosting, and against what must hold for any booster.</summary>
public sealed class GradientBoostingTests
{
    // One leaf-wise tree of Newton steps, the same as ours where nothing is a matter of luck.
    private const string Histogram = """
        import sys, numpy as np
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
        kind, rows = sys.argv[1], int(sys.argv[2])
        x, y, held = (np.array(a.split(','), dtype=np.float32) for a in sys.argv[4:])
        x = x.reshape(rows, -1); held = held.reshape(-1, x.shape[1])
        # LightGBM takes the curvature of k classes k / (k - 1) times, which shortens each step.
        shorter = 2 / 3 if kind == 'multiclass' else 1
        common = dict(max_iter=30, max_leaf_nodes=8, learning_rate=0.2 * shorter, min_samples_leaf=int(sys.argv[3]), early_stopping=False)
        if kind in ('squared_error', 'absolute_error'):
            answer = HistGradientBoostingRegressor(loss=kind, **common).fit(x, y).predict(held)
        else:
            answer = HistGradientBoostingClassifier(**common).fit(x, y).predict_proba(held)
            answer = answer[:, 1] if kind == 'binary' else answer
        print(' '.join(repr(float(v)) for v in answer.ravel()))
        """;

    [Theory]
    [InlineData(BoostingObjective.SquaredError, 0, "squared_error", 20, 1e-3)]
    [InlineData(BoostingObjective.Binary, 2, "binary", 1, 0.03)]
    [InlineData(BoostingObjective.Multiclass, 3, "multiclass", 1, 0.05)]
    public void Fit_FewBins_AgreesWithScikitLearn(BoostingObjective objective, int classes, string kind, int leaf, double tolerance)
    {
        Assert.SkipUnless(PythonProgram.Has("sklearn"), "python3-sklearn is not installed.");
        var rows = new TrainingRows(21, 250, 4, classes);
        var held = new TrainingRows(22, 100, 4, classes);
        var model = Fit(rows.Features, rows.Labels, new()
        {
            Objective = objective, ClassCount = classes, Rounds = 30, LeafCount = 8, LearningRate = 0.2, MinLeafRows = leaf,
        });
        var actual = new float[100 * model.OutputCount];
        model.Predict(held.Features, actual);

        var (code, output, error) = PythonProgram.Run(
            Histogram, kind, "250", $"{leaf}", TrainingRows.Text(rows.Features.Values), TrainingRows.Text(rows.Labels), TrainingRows.Text(held.Features.Values));

        Assert.True(code == 0, error);
        var expected = Array.ConvertAll(output.Split(' '), text => double.Parse(text, null));
        Assert.Equal(expected.Length, actual.Length);
        var difference = expected.Zip(actual).Average(pair => Math.Abs(pair.First - pair.Second));
        Assert.True(difference <= tolerance, $"{difference}");
    }

    [Theory]
    [InlineData(BoostingObjective.SquaredError, 0)]
    [InlineData(BoostingObjective.AbsoluteError, 0)]
    [InlineData(BoostingObjective.Huber, 0)]
    [InlineData(BoostingObjective.Binary, 2)]
    [InlineData(BoostingObjective.Multiclass, 4)]
    public void Fit_AnyObjectiveAndThreads_GivesOneModelThatLearns(BoostingObjective objective, int classes)
    {
        var rows = new TrainingRows(31, 3000, 6, classes, missing: 0.1);
        var options = new GradientBoostingOptions
        {
            Objective = objective, ClassCount = classes, Rounds = 25, FeatureFraction = 0.8, BaggingFraction = 0.7, BaggingFrequency = 2, Seed = 3,
        };
        var model = Fit(rows.Features, rows.Labels, options with { Threads = 1 }, rows.Weights);
        var other = Fit(rows.Features, rows.Labels, options with { Threads = 4 }, rows.Weights);
        Assert.Equal(model.Save(), other.Save());

        var held = new TrainingRows(32, 2000, 6, classes, missing: 0.1);
        var predicted = new float[2000 * model.OutputCount];
        model.Predict(held.Features, predicted);
        var constant = new float[predicted.Length];
        Fit(rows.Features, rows.Labels, options with { Rounds = 0 }).Predict(held.Features, constant);
        var metric = BoostingMetric.Of(objective);
        Assert.InRange(metric.Evaluate(predicted, held.Labels), 0, 0.75 * metric.Evaluate(constant, held.Labels));
    }

    [Fact]
    public void Fit_ByGradient_LearnsAlmostAsWellFromFewerRows()
    {
        var rows = new TrainingRows(41, 6000, 5, 2);
        var held = new TrainingRows(42, 3000, 5, 2);
        double Judge(bool byGradient)
        {
            var model = Fit(rows.Features, rows.Labels, new() { Objective = BoostingObjective.Binary, Rounds = 40, SamplesByGradient = byGradient });
            var predicted = new float[3000];
            model.Predict(held.Features, predicted);
            return BoostingMetric.Find("auc")!.Evaluate(predicted, held.Labels);
        }

        Assert.InRange(Judge(true), Judge(false) - 0.01, 1);
    }

    [Fact]
    public void Fit_Categories_AreSplitIntoGroups()
    {
        // The label depends on the set a category is in; as a number the category says nothing.
        var rows = new CategoryRows(5, 4000, categories: 40);
        var model = Fit(rows.Features, rows.Labels, new()
        {
            Objective = BoostingObjective.Binary, Rounds = 3, LeafCount = 4, LearningRate = 0.5, CategoricalFeatures = [0], MinLeafRows = 10, MinGroupRows = 10,
        });
        var predicted = new float[4000];
        model.Predict(rows.Features, predicted);
        Assert.Equal(1, BoostingMetric.Find("auc")!.Evaluate(predicted, rows.Labels), 0.001);

        // What was never seen, and what is missing, goes with the rest.
        var unseen = new float[3];
        model.Predict(new(new float[] { 77, 0, float.NaN, 0, -1, 0 }, 3, 2), unseen);
        Assert.Equal(unseen[0], unseen[1]);
        Assert.Equal(unseen[0], unseen[2]);

        var shap = new TreeShap(model.Trees, 2, model.BaseMargins);
        var values = new double[3 * shap.ValueCount];
        shap.Explain(rows.Features.Rows(0, 3).Memory, 3, values);
        var margins = new float[3];
        model.Evaluator.PredictMargins(rows.Features.Rows(0, 3).Values, margins);
        for (var row = 0; row < 3; row++)
        {
            Assert.Equal(margins[row], values.AsSpan(row * 3, 3).ToArray().Sum(), 1e-4);
        }
    }

    [Fact]
    public void Fit_Validation_StopsAndKeepsTheBestRound()
    {
        var rows = new TrainingRows(51, 300, 4);
        var held = new TrainingRows(52, 300, 4);
        var options = new GradientBoostingOptions { Rounds = 500, LearningRate = 0.3, Patience = 8, MinLeafRows = 3 };
        var metric = BoostingMetric.Of(BoostingObjective.SquaredError);
        var model = Fit(rows.Features, rows.Labels, options, validation: new(held.Features, held.Labels, metric));
        Assert.InRange(model.Rounds, 1, 400);

        double Judge(int rounds)
        {
            var predicted = new float[300];
            Fit(rows.Features, rows.Labels, options with { Rounds = rounds }).Predict(held.Features, predicted);
            return metric.Evaluate(predicted, held.Labels);
        }

        Assert.True(Judge(model.Rounds) < Judge(model.Rounds + 1));
        Assert.True(Judge(model.Rounds) < Judge(model.Rounds + 7));
    }

    [Fact]
    public void Resume_SavedModel_GoesOnAsIfItHadNotStopped()
    {
        var rows = new TrainingRows(61, 800, 5, 3, missing: 0.05);
        var options = new GradientBoostingOptions { Objective = BoostingObjective.Multiclass, ClassCount = 3, Rounds = 12, BaggingFraction = 0.8, BaggingFrequency = 1 };
        var whole = Fit(rows.Features, rows.Labels, options);
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model");
        File.WriteAllBytes(path, Fit(rows.Features, rows.Labels, options with { Rounds = 5 }).Save());

        var resumed = new GradientBoosting(rows.Features, rows.Labels, options, cancellationToken: TestContext.Current.CancellationToken);
        resumed.Resume(GradientBoostingModel.Load(path));
        while (resumed.Rounds < 12)
        {
            resumed.AddRound(TestContext.Current.CancellationToken);
        }

        var (expected, actual) = (new float[2400], new float[2400]);
        whole.Predict(rows.Features, expected);
        resumed.Model(12).Predict(rows.Features, actual);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-4);
        }
    }

    [Theory]
    [InlineData(BoostingObjective.Binary, 2f)]
    [InlineData(BoostingObjective.SquaredError, float.NaN)]
    public void Fit_LabelThatDoesNotFit_IsRefused(BoostingObjective objective, float label) =>
        Assert.Throws<ArgumentException>(() => Fit(new(new float[3], 3, 1), new[] { 0, 1, label }, new() { Objective = objective }));

    private static GradientBoostingModel Fit(
        FeatureMatrix features, ReadOnlyMemory<float> labels, GradientBoostingOptions options, ReadOnlyMemory<float> weights = default, BoostingValidation? validation = null) =>
        GradientBoosting.Fit(features, labels, options, weights, validation, TestContext.Current.CancellationToken);
}
