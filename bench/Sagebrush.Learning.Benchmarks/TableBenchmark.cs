using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Trees.Boosting;
using Sagebrush.Learning.Trees.Forest;

namespace Sagebrush.Learning.Benchmarks;

/// <summary>One learner on a table of <c>bench/learning/tables.py</c>: prints its seconds as JSON and leaves its predictions in a file.</summary>
internal static class TableBenchmark
{
    public static void Run(string folder, string name, int classes, int rounds)
    {
        var labels = Read(folder, "train.y");
        var train = Matrix(folder, "train.x", labels.Length);
        var test = Matrix(folder, "test.x", Read(folder, "test.y").Length);
        var predictions = new float[test.RowCount * Math.Max(1, classes)];
        Func<FeatureMatrix, float[], Action> fit = name switch
        {
            "random forest" or "extra trees" => (rows, targets) =>
            {
                var model = RandomForest.Fit(rows, targets, new() { ClassCount = classes, IsExtremelyRandomized = name == "extra trees" });
                return () => model.Predict(test, predictions);
            },
            "boosted trees" or "boosted trees, categories" => (rows, targets) =>
            {
                int[] categories = name == "boosted trees" ? [] : [.. File.ReadAllText(Path.Combine(folder, "categories")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
                var model = GradientBoosting.Fit(rows, targets, new()
                {
                    Objective = classes > 0 ? BoostingObjective.Binary : BoostingObjective.SquaredError,
                    CategoricalFeatures = categories,
                });
                return () =>
                {
                    var sums = new float[test.RowCount];
                    model.Predict(test, sums);
                    for (var row = 0; row < sums.Length; row++)
                    {
                        predictions[^(((sums.Length - 1 - row) * Math.Max(1, classes)) + 1)] = sums[row];
                    }
                };
            },
            _ => throw new ArgumentException($"There is no learner '{name}'."),
        };

        // Once on a few rows, so that compiling is not measured.
        fit(train.Rows(0, 1000), labels[..1000])();
        var (learning, predicting) = (double.PositiveInfinity, double.PositiveInfinity);
        for (var round = 0; round < rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            var predict = fit(train, labels);
            learning = Math.Min(learning, watch.Elapsed.TotalSeconds);
            watch.Restart();
            predict();
            predicting = Math.Min(predicting, watch.Elapsed.TotalSeconds);
        }

        File.WriteAllBytes(Path.Combine(folder, "predictions"), MemoryMarshal.AsBytes(predictions.AsSpan()));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{{\"learning\": {learning:R}, \"predicting\": {predicting:R}}}"));
    }

    private static FeatureMatrix Matrix(string folder, string file, int rows)
    {
        var values = Read(folder, file);
        return new(values, rows, values.Length / rows);
    }

    private static float[] Read(string folder, string file) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, file))).ToArray();
}
