using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Sagebrush.Learning.Anomaly;
using Sagebrush.Learning.Clustering;
using Sagebrush.Learning.Decomposition;
using Sagebrush.Learning.Linear;
using Sagebrush.Learning.Metrics;
using Sagebrush.Learning.Neighbors;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Benchmarks;

/// <summary>One estimator on the tables of <c>bench/learning/bench.py</c>: prints its seconds and quality as JSON.</summary>
internal static class EstimatorBenchmark
{
    private const int Clusters = 50;
    private const int Components = 10;
    private const int Neighbors = 10;
    private const int Queries = 2000;

    public static void Run(string folder, string name, int features, int rounds)
    {
        FeatureMatrix Matrix(string file)
        {
            var values = Read(folder, file);
            return new(values, values.Length / features, features);
        }

        var (train, test) = (Matrix("train.x"), Matrix("test.x"));
        Func<FeatureMatrix, int, double> work = name switch
        {
            "linear regression" => (rows, count) => Linear(new() { Predictor = LinearPredictor.Regressor }, folder, "number", rows, test, count),
            "logistic regression" or "sgd classifier" => (rows, count) => Linear(
                new() { Predictor = LinearPredictor.BinaryClassifier, Criterion = SelectionCriterion.LossFunction }, folder, "class", rows, test, count),
            "k-means" => (rows, _) => Distance(new() { ClusterCount = Clusters, Refinements = 50 }, rows, test),
            "mini-batch k-means" => (rows, _) => Distance(new() { ClusterCount = Clusters }, rows, test),
            "pca" => (rows, _) => Variance(new() { ComponentCount = Components }, rows),
            "pca randomized" => (rows, _) => Variance(new() { ComponentCount = Components, IsRandomized = true }, rows),
            "nearest neighbors" => (rows, count) => Classify(folder, rows, test.Rows(0, Queries), count),
            "random cut forest" => (rows, _) => Anomalies(folder, rows, Matrix("test.odd")),
            _ => throw new ArgumentException($"There is no estimator '{name}'."),
        };

        // Once on a few rows, so that compiling is not measured.
        work(train.Rows(0, 5000), 5000);
        var best = double.PositiveInfinity;
        double quality = 0;
        for (var round = 0; round < rounds; round++)
        {
            quality = work(train, train.RowCount);
            best = Math.Min(best, _seconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{{\"seconds\": {best:R}, \"quality\": {quality:R}}}"));
    }

    private static double _seconds;

    private static T Timed<T>(Func<T> work)
    {
        var watch = Stopwatch.StartNew();
        var result = work();
        _seconds = watch.Elapsed.TotalSeconds;
        return result;
    }

    private static float[] Read(string folder, string file) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, file))).ToArray();

    private static double Linear(LinearLearnerOptions options, string folder, string label, FeatureMatrix rows, FeatureMatrix test, int count)
    {
        var labels = Read(folder, "train." + label)[..count];
        var model = Timed(() => new LinearLearner(options).Fit(rows, labels));
        return LinearLearner.MeanLoss(model, options, test, Read(folder, "test." + label));
    }

    private static double Distance(KMeansOptions options, FeatureMatrix rows, FeatureMatrix test)
    {
        var model = Timed(() => new KMeans(options).Fit(rows));
        var distances = new float[test.RowCount];
        model.Predict(test, new int[test.RowCount], distances);
        return distances.Average(distance => (double)distance);
    }

    private static double Variance(PrincipalComponentsOptions options, FeatureMatrix rows)
    {
        var model = Timed(() => new PrincipalComponents(options).Fit(rows));
        double sum = 0;
        foreach (var value in model.SingularValues)
        {
            sum += (double)value * value;
        }

        return sum;
    }

    private static double Classify(string folder, FeatureMatrix rows, FeatureMatrix queries, int count)
    {
        var labels = Read(folder, "train.group")[..count];
        var predictions = new float[queries.RowCount];
        Timed(() =>
        {
            var model = NearestNeighborsModel.Fit(rows, labels, new() { NeighborCount = Neighbors, IsClassifier = true });
            model.Predict(queries, predictions, new float[queries.RowCount * Neighbors], new float[queries.RowCount * Neighbors]);
            return model;
        });
        return Read(folder, "test.group").Zip(predictions).Count(pair => pair.First == pair.Second) / (double)queries.RowCount;
    }

    private static double Anomalies(string folder, FeatureMatrix rows, FeatureMatrix test)
    {
        var model = Timed(() => new RandomCutForest(new()).Fit(rows));
        return ProbabilityMetrics.RocAuc(Read(folder, "test.anomaly"), model.Score(test));
    }
}
