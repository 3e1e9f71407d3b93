using System.Globalization;
using Sagebrush.Learning.Metrics;
using Sagebrush.Learning.Networks;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tests.Trees;
using Sagebrush.Learning.Tests.Trees.Boosting;
using Sagebrush.Learning.Trees.Boosting;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Learning.Tests.Networks;

/// <summary>Gradients against differences in double precision, quality against scikit-learn's network, and what must hold for any learner.</summary>
public sealed class TabularMlpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Back_AnyWeight_AgreesWithDifferencesOfTheLoss(bool normalizes)
    {
        const int Rows = 13;
        var shape = new NetworkShape(inputs: 9, width: 11, hidden: 17, blocks: 2, outputs: 1, normalizes, embeddings: 0);
        var random = new RandomStream(4);
        var weights = new NetworkWeights(shape);
        for (var i = 0; i < shape.Count; i++)
        {
            weights.Values[i] = (float)(0.4 * random.NextNormal());
        }

        weights.Transpose();
        var pass = new NetworkPass(shape, 16, learns: true);
        var inputs = pass.Inputs(Rows);
        foreach (ref var input in inputs)
        {
            input = (float)random.NextNormal();
        }

        float[] copy = [.. inputs];
        float[] labels = [.. Enumerable.Range(0, Rows).Select(row => (float)(row % 2))];
        var outputs = pass.Learn(weights, Rows, random, dropout: 0);
        var loss = 0.0;
        for (var row = 0; row < Rows; row++)
        {
            loss += NetworkLoss.Differentiate(NetworkObjective.Binary, outputs.Slice(row, 1), labels[row], 1);
        }

        var inputGradients = pass.Back(weights, outputs, Rows, firstInput: 5);
        var exact = Array.ConvertAll(weights.Values, value => (double)value);
        Assert.Equal(NetworkOracle.Loss(shape, exact, copy, labels), loss, 1e-4);

        const double Difference = 1e-6;
        for (var i = 0; i < shape.Count; i++)
        {
            var kept = exact[i];
            exact[i] = kept + Difference;
            var above = NetworkOracle.Loss(shape, exact, copy, labels);
            exact[i] = kept - Difference;
            var below = NetworkOracle.Loss(shape, exact, copy, labels);
            exact[i] = kept;
            Assert.Equal((above - below) / (2 * Difference), pass.Gradients[i], 1e-3);
        }

        for (var row = 0; row < Rows; row++)
        {
            const float Step = 1 / 1024f;
            var at = (row * 9) + 5 + (row % 4);
            var kept = copy[at];
            copy[at] = kept + Step;
            var above = NetworkOracle.Loss(shape, exact, copy, labels);
            copy[at] = kept - Step;
            var below = NetworkOracle.Loss(shape, exact, copy, labels);
            copy[at] = kept;
            Assert.Equal((above - below) / (2 * Step), inputGradients[(row * 4) + (row % 4)], 0.02);
        }
    }

    [Theory]
    [InlineData(NetworkObjective.SquaredError, 0)]
    [InlineData(NetworkObjective.AbsoluteError, 0)]
    [InlineData(NetworkObjective.Binary, 2)]
    [InlineData(NetworkObjective.Multiclass, 4)]
    public void Fit_AnyObjectiveAndThreads_GivesOneModelThatLearns(NetworkObjective objective, int classes)
    {
        var rows = new TrainingRows(31, 2000, 6, classes, missing: 0.05);
        var held = new TrainingRows(32, 1000, 6, classes, missing: 0.05);
        var options = new TabularMlpOptions { Objective = objective, ClassCount = classes, Epochs = 6, Width = 32, HiddenWidth = 48, BatchSize = 200, Seed = 3 };
        var model = TabularMlp.Fit(rows.Features, rows.Labels, options with { Threads = 1 }, rows.Weights, held.Features, held.Labels, held.Weights, cancellationToken: Cancellation);
        var other = TabularMlp.Fit(rows.Features, rows.Labels, options with { Threads = 4 }, rows.Weights, held.Features, held.Labels, held.Weights, cancellationToken: Cancellation);
        Assert.Equal(model.Save(), other.Save());
        Assert.NotEqual(model.Save(), TabularMlp.Fit(rows.Features, rows.Labels, options with { Seed = 4 }, rows.Weights, cancellationToken: Cancellation).Save());

        var predicted = Predict(model, held.Features);
        var metric = BoostingMetric.Of(objective switch
        {
            NetworkObjective.SquaredError => BoostingObjective.SquaredError,
            NetworkObjective.AbsoluteError => BoostingObjective.AbsoluteError,
            NetworkObjective.Binary => BoostingObjective.Binary,
            _ => BoostingObjective.Multiclass,
        });
        float[] frequencies = [.. Enumerable.Range(0, Math.Max(1, model.OutputCount)).Select(label =>
            objective == NetworkObjective.Multiclass ? rows.Labels.Count(value => value == label) / 2000f : rows.Labels.Average())];
        float[] constant = [.. Enumerable.Range(0, 1000).SelectMany(_ => frequencies)];
        Assert.InRange(metric.Evaluate(predicted, held.Labels), 0, 0.8 * metric.Evaluate(constant, held.Labels));

        // Rows predicted alone, and by the model as a file, come out the same.
        using var folder = new TemporaryFolder();
        var path = Path.Join(folder.Path, "model");
        File.WriteAllBytes(path, model.Save());
        var loaded = TabularMlpModel.Load(path);
        Assert.Equal(predicted, Predict(loaded, held.Features));
        Assert.Equal(predicted[..model.OutputCount], Predict(loaded, held.Features.Rows(0, 1)));
    }

    [Fact]
    public void Fit_Categories_AreToldApartByEmbeddings()
    {
        // The label depends on the set a category is in; as a number the category says nothing.
        var rows = new CategoryRows(5, 4000, categories: 40);
        double Auc(IReadOnlyList<int> categories)
        {
            var options = new TabularMlpOptions
            {
                Objective = NetworkObjective.Binary, CategoricalFeatures = categories, Width = 16, HiddenWidth = 16, Blocks = 1, Epochs = 10, BatchSize = 64, Encoding = NumberEncoding.Standard,
            };
            var model = TabularMlp.Fit(rows.Features, rows.Labels, options, cancellationToken: Cancellation);
            var unseen = Predict(model, new(new float[] { 77, 0, float.NaN, 0, -1, 0 }, 3, 2));
            Assert.All(unseen, value => Assert.InRange(value, 0, 1));
            if (categories.Count > 0)
            {
                Assert.Equal(unseen[0], unseen[1]);
                Assert.Equal(unseen[0], unseen[2]);
            }

            return ProbabilityMetrics.RocAuc(rows.Labels, Predict(model, rows.Features));
        }

        Assert.InRange(Auc([0]), 0.98, 1);
        Assert.InRange(Auc([]), 0, 0.9);
    }

    [Fact]
    public void Fit_Weights_CountAsRowsDo()
    {
        // Two truths for one place: the heavier one wins as far as it is heavier.
        float[] values = [.. Enumerable.Range(0, 400).Select(i => i % 7f)];
        float[] labels = [.. Enumerable.Range(0, 400).Select(i => (float)(i % 2))];
        float[] weights = [.. labels.Select(label => label == 1 ? 3f : 1f)];
        var options = new TabularMlpOptions { Objective = NetworkObjective.Binary, Width = 8, HiddenWidth = 8, Epochs = 20, BatchSize = 50 };
        var model = TabularMlp.Fit(new(values, 400, 1), labels, options, weights, cancellationToken: Cancellation);

        Assert.Equal(0.75, Predict(model, new(values, 400, 1)).Average(), 0.05);
    }

    [Fact]
    public void Fit_ValidationRows_KeepTheBestEpochAndEndEarly()
    {
        var rows = new TrainingRows(51, 200, 5, 2);
        var held = new TrainingRows(52, 500, 5, 2);
        List<NetworkEpoch> epochs = [];
        var options = new TabularMlpOptions { Objective = NetworkObjective.Binary, Epochs = 400, Patience = 5, Dropout = 0, WeightDecay = 0, BatchSize = 50, Width = 32, HiddenWidth = 32 };
        var model = TabularMlp.Fit(rows.Features, rows.Labels, options, default, held.Features, held.Labels, progress: epochs.Add, cancellationToken: Cancellation);

        Assert.InRange(epochs.Count, 6, 399);
        var best = epochs.MinBy(epoch => epoch.ValidationLoss)!;
        Assert.Equal(epochs.Count - 5, best.Number);
        Assert.Equal(best.ValidationLoss!.Value, ProbabilityMetrics.LogLoss(held.Labels, Predict(model, held.Features)), 1e-3);
    }

    [Fact]
    public void Fit_LittleTime_ShortensTheWay()
    {
        var rows = new TrainingRows(61, 1000, 5);
        var (left, asked) = (10.0, 0);
        List<NetworkEpoch> epochs = [];
        TabularMlp.Fit(
            rows.Features, rows.Labels,
            // Each look at the clock finds a second gone: about nine looks, of 16 steps each.
            new() { Epochs = 1000, BatchSize = 100, Patience = 0, Width = 8, HiddenWidth = 8, SecondsLeft = () => left - asked++ },
            progress: epochs.Add, cancellationToken: Cancellation);

        Assert.InRange(epochs.Count, 2, 20);
    }

    [Theory]
    [InlineData(NetworkObjective.Binary, 2f, "not a class from 0 to 1")]
    [InlineData(NetworkObjective.SquaredError, float.NaN, "not a number")]
    public void Fit_WrongLabel_IsTold(NetworkObjective objective, float label, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => TabularMlp.Fit(new(new float[] { 1, 2 }, 2, 1), new[] { 0, label }, new() { Objective = objective }, cancellationToken: Cancellation));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DamagedFile_IsTold()
    {
        var rows = new TrainingRows(71, 100, 3);
        var model = TabularMlp.Fit(rows.Features, rows.Labels, new() { Epochs = 1, Width = 4, HiddenWidth = 4 }, cancellationToken: Cancellation);
        using var folder = new TemporaryFolder();
        var path = Path.Join(folder.Path, "model");
        File.WriteAllBytes(path, model.Save()[..^40]);

        Assert.Throws<ModelFormatException>(() => TabularMlpModel.Load(path));
    }

    [Fact]
    public void Fit_HandwrittenDigits_AreReadAsWellAsByScikitLearn()
    {
        Assert.SkipUnless(PythonProgram.Has("sklearn"), "python3-sklearn is not installed.");
        using var folder = new TemporaryFolder();
        var (code, output, error) = PythonProgram.Run(
            """
            import sys, numpy as np
            from sklearn.datasets import load_digits
            from sklearn.model_selection import train_test_split
            from sklearn.neural_network import MLPClassifier
            from sklearn.preprocessing import StandardScaler
            from threadpoolctl import threadpool_limits
            x, y = load_digits(return_X_y=True)
            x, z, y, w = train_test_split(x, y, test_size=0.3, random_state=0, stratify=y)
            for name, a, b in (("train", x, y), ("test", z, w)):
                np.concatenate([b[:, None], a], axis=1).astype(np.float32).tofile(f"{sys.argv[1]}/{name}")
            scaler = StandardScaler().fit(x)
            with threadpool_limits(1):
                print(MLPClassifier((128,), random_state=0, max_iter=100, early_stopping=True).fit(scaler.transform(x), y).score(scaler.transform(z), w))
            """,
            folder.Path);
        Assert.True(code == 0, error);
        var (train, trainLabels) = Read(Path.Join(folder.Path, "train"), 65);
        var (test, testLabels) = Read(Path.Join(folder.Path, "test"), 65);
        var model = TabularMlp.Fit(
            train, trainLabels, new() { Objective = NetworkObjective.Multiclass, ClassCount = 10, BatchSize = 64, Epochs = 12, Width = 64, HiddenWidth = 64, Encoding = NumberEncoding.Standard }, cancellationToken: Cancellation);

        var predicted = Predict(model, test);
        var right = testLabels.Where((label, row) => System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(predicted.AsSpan(row * 10, 10)) == label).Count();
        Assert.InRange(right / (double)testLabels.Length, double.Parse(output, CultureInfo.InvariantCulture) - 0.005, 1);
    }

    private static (FeatureMatrix Rows, float[] Labels) Read(string path, int width)
    {
        var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
        var rows = values.Chunk(width).ToArray();
        return (new(rows.SelectMany(row => row.Skip(1)).ToArray(), rows.Length, width - 1), [.. rows.Select(row => row[0])]);
    }

    private static float[] Predict(TabularMlpModel model, FeatureMatrix rows)
    {
        var outputs = new float[rows.RowCount * model.OutputCount];
        model.Predict(rows, outputs);
        return outputs;
    }
}
