using Sagebrush.Learning.Explain;
using Sagebrush.Learning.Trees.Forest;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Learning.Tests.Trees.Forest;

/// <summary>Against scikit-learn's trees, and against what must hold for any forest.</summary>
public sealed class RandomForestTests
{
    private const string OneTree = """
        import sys, numpy as np
        from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
        rows, classes, depth, leaf = map(int, sys.argv[1:5])
        x, y, w, held = (np.array(a.split(','), dtype=np.float32) for a in sys.argv[5:])
        x, held = x.reshape(rows, -1), held.reshape(-1, len(x) // rows)
        kind = DecisionTreeClassifier if classes else DecisionTreeRegressor
        model = kind(max_depth=depth, min_samples_leaf=leaf, random_state=0).fit(x, y, sample_weight=w)
        answer = model.predict_proba(held) if classes else model.predict(held)
        print(' '.join(repr(float(v)) for v in np.concatenate([answer.ravel(), model.feature_importances_])))
        """;

    [Theory]
    [InlineData(0, 3, 1)]
    [InlineData(0, 20, 12)]
    [InlineData(2, 20, 12)]
    [InlineData(3, 3, 3)]
    [InlineData(5, 20, 12)]
    public void Fit_OneTreeOfAllRows_EqualsScikitLearns(int classes, int depth, int leaf)
    {
        Assert.SkipUnless(PythonProgram.Has("sklearn"), "python3-sklearn is not installed.");
        // Small nodes can be divided alike by several features, and which one is taken is then a matter of luck: leaves are few or large.
        var rows = new TrainingRows(classes + depth, 240, 5, classes);
        var held = new TrainingRows(99, 200, 5, classes);
        var model = RandomForest.Fit(rows.Features, rows.Labels, new()
        {
            ClassCount = classes, TreeCount = 1, Bootstrap = false, FeaturesPerNode = 5, MaxDepth = depth, MinLeafRows = leaf,
        }, rows.Weights, cancellationToken: TestContext.Current.CancellationToken);
        var actual = new float[200 * model.OutputCount];
        model.Predict(held.Features, actual);

        var (code, output, error) = PythonProgram.Run(
            OneTree, "240", $"{classes}", $"{depth}", $"{leaf}", TrainingRows.Text(rows.Features.Values), TrainingRows.Text(rows.Labels), TrainingRows.Text(rows.Weights), TrainingRows.Text(held.Features.Values));

        Assert.True(code == 0, error);
        var expected = Array.ConvertAll(output.Split(' '), text => double.Parse(text, null));
        Assert.Equal(expected.Length, actual.Length + 5);
        for (var i = 0; i < actual.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-4);
        }

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(expected[actual.Length + i], model.FeatureImportances[i], 1e-6);
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, false)]
    [InlineData(4, true)]
    public void Fit_AnyNumberOfThreads_GivesTheSameModel(int classes, bool extreme)
    {
        var rows = new TrainingRows(1, 500, 6, classes, missing: 0.1);
        var models = new[] { 1, 2, 5 }.Select(threads => RandomForest.Fit(
            rows.Features, rows.Labels, new() { ClassCount = classes, TreeCount = 12, IsExtremelyRandomized = extreme, Threads = threads, Seed = 7 }, cancellationToken: TestContext.Current.CancellationToken).Save()).ToArray();

        Assert.Equal(models[0], models[1]);
        Assert.Equal(models[0], models[2]);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void Fit_WholeWeights_EqualRepeatedRows(int classes, bool extreme)
    {
        var rows = new TrainingRows(5, 150, 4, classes);
        var weights = Enumerable.Range(0, 150).Select(row => (float)(row % 3)).ToArray();
        var repeated = Enumerable.Range(0, 150).SelectMany(row => Enumerable.Repeat(row, row % 3)).ToArray();
        var options = new ForestOptions { ClassCount = classes, TreeCount = 3, Bootstrap = false, IsExtremelyRandomized = extreme, MaxDepth = 8 };
        var weighted = RandomForest.Fit(rows.Features, rows.Labels, options, weights, cancellationToken: TestContext.Current.CancellationToken);
        var copied = RandomForest.Fit(rows.Features.Take(repeated), repeated.Select(row => rows.Labels[row]).ToArray(), options, cancellationToken: TestContext.Current.CancellationToken);

        var (first, second) = (new float[150 * weighted.OutputCount], new float[150 * weighted.OutputCount]);
        weighted.Predict(rows.Features, first);
        copied.Predict(rows.Features, second);
        for (var i = 0; i < first.Length; i++)
        {
            Assert.Equal(first[i], second[i], 1e-4);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public void Fit_BatchesAndSingleRowsAndSavedModel_PredictTheSame(int classes)
    {
        var rows = new TrainingRows(3, 1000, 4, classes, missing: 0.2);
        var model = RandomForest.Fit(rows.Features, rows.Labels, new() { ClassCount = classes, TreeCount = 11 }, cancellationToken: TestContext.Current.CancellationToken);
        var batch = new float[1000 * model.OutputCount];
        model.Predict(rows.Features, batch);
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model");
        File.WriteAllBytes(path, model.Save());
        var loaded = ForestModel.Load(path);

        var single = new float[model.OutputCount];
        for (var row = 0; row < 1000; row++)
        {
            var sum = new float[model.OutputCount];
            foreach (var tree in model.Trees)
            {
                tree.AddTo(rows.Features.Row(row), sum);
            }

            loaded.Evaluator.PredictMargin(rows.Features.Row(row), single);
            Assert.Equal(batch.AsSpan(row * single.Length, single.Length).ToArray(), single);
            for (var i = 0; i < single.Length; i++)
            {
                Assert.Equal(sum[i] / 11, single[i], 1e-5);
            }
        }
    }

    [Fact]
    public void Fit_OutOfBag_JudgesAsHeldOutRowsDo()
    {
        var rows = new TrainingRows(11, 3000, 5);
        var held = new TrainingRows(12, 3000, 5);
        var model = RandomForest.Fit(rows.Features, rows.Labels, new() { TreeCount = 60, ScoresOutOfBag = true }, cancellationToken: TestContext.Current.CancellationToken);
        var predicted = new float[3000];
        model.Predict(held.Features, predicted);
        var mean = held.Labels.Average(label => (double)label);
        var explained = 1 - (held.Labels.Zip(predicted).Sum(pair => Math.Pow(pair.First - pair.Second, 2)) / held.Labels.Sum(label => Math.Pow(label - mean, 2)));

        Assert.InRange(model.OutOfBag!.Score, explained - 0.03, explained + 0.03);
        Assert.True(explained > 0.6, $"{explained}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fit_MissingValuesTellTheLabel_TakesThem(bool extreme)
    {
        var values = Enumerable.Range(0, 200).Select(i => i % 4 == 0 ? float.NaN : i % 7).ToArray();
        var labels = Enumerable.Range(0, 200).Select(i => i % 4 == 0 ? 1f : 0f).ToArray();
        var model = RandomForest.Fit(new(values, 200, 1), labels, new() { ClassCount = 2, TreeCount = 20, IsExtremelyRandomized = extreme }, cancellationToken: TestContext.Current.CancellationToken);
        var probabilities = new float[400];
        model.Predict(new(values, 200, 1), probabilities);
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(labels[i], probabilities[(2 * i) + 1], 1e-5);
        }
    }

    [Fact]
    public void Fit_BalancedClasses_WeighInInverseProportion()
    {
        var rows = new TrainingRows(2, 400, 3, 2);
        var options = new ForestOptions { ClassCount = 2, TreeCount = 5, MaxDepth = 3 };
        var ones = rows.Labels.Count(label => label == 1);
        var balanced = RandomForest.Fit(rows.Features, rows.Labels, options with { BalancesClasses = true }, cancellationToken: TestContext.Current.CancellationToken);
        var weighted = RandomForest.Fit(rows.Features, rows.Labels, options with { ClassWeights = [400.0 / (2 * (400 - ones)), 400.0 / (2 * ones)] }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(weighted.Save(), balanced.Save());
        Assert.NotEqual(weighted.Save(), RandomForest.Fit(rows.Features, rows.Labels, options, cancellationToken: TestContext.Current.CancellationToken).Save());
    }

    [Fact]
    public void Explain_Forest_AddsUpToItsProbabilities()
    {
        var rows = new TrainingRows(4, 600, 5, 3);
        var model = RandomForest.Fit(rows.Features, rows.Labels, new() { ClassCount = 3, TreeCount = 8 }, cancellationToken: TestContext.Current.CancellationToken);
        var shap = new TreeShap(model.Trees.Select(tree => tree.Weighted(1f / 8)), 5, new float[3]);
        var values = new double[10 * shap.ValueCount];
        shap.Explain(rows.Features.Rows(0, 10).Memory, 10, values);
        var probabilities = new float[30];
        model.Predict(rows.Features.Rows(0, 10), probabilities);
        for (var output = 0; output < 30; output++)
        {
            Assert.Equal(probabilities[output], values.AsSpan(output * 6, 6).ToArray().Sum(), 1e-5);
        }
    }

    [Fact]
    public void Fit_LabelThatIsNoClass_IsRefused() =>
        Assert.Throws<ArgumentException>(() => RandomForest.Fit(new(new float[4], 4, 1), new float[] { 0, 1, 2, 1 }, new() { ClassCount = 2 }, cancellationToken: TestContext.Current.CancellationToken));

    [Fact]
    public void Load_FileCutShort_IsRefused()
    {
        var rows = new TrainingRows(4, 100, 3);
        var bytes = RandomForest.Fit(rows.Features, rows.Labels, new() { TreeCount = 2 }, cancellationToken: TestContext.Current.CancellationToken).Save();
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model");
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        Assert.Throws<ModelFormatException>(() => ForestModel.Load(path));
    }
}
