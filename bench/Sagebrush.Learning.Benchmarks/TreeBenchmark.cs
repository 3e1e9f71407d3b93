using System.Diagnostics;
using System.Globalization;
using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Learning.Benchmarks;

/// <summary>How long a model of trees takes for one row and for a batch, on one thread.</summary>
internal static class TreeBenchmark
{
    /// <param name="modelPath">A model in XGBoost's JSON.</param>
    /// <param name="rowsPath">Rows of its features: float32, little-endian, one row after the other.</param>
    /// <param name="batch">Rows of a batch.</param>
    public static void Run(string modelPath, string rowsPath, int batch)
    {
        var model = XGBoostModel.Load(File.ReadAllBytes(modelPath));
        var bytes = File.ReadAllBytes(rowsPath);
        var rows = new float[bytes.Length / sizeof(float)];
        Buffer.BlockCopy(bytes, 0, rows, 0, bytes.Length);
        var features = model.FeatureCount;
        var count = rows.Length / features;
        var one = new float[model.OutputCount];
        var many = new float[batch * model.OutputCount];
        var single = Microseconds(i => model.PredictRows(rows.AsSpan(i % count * features, features), 1, one));
        var several = Microseconds(i => model.PredictRows(rows.AsSpan(i % (count - batch) * features, batch * features), batch, many));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{single:0.000} {several:0.000}"));
    }

    /// <summary>The best of several rounds, each long enough to be timed.</summary>
    private static double Microseconds(Action<int> predict)
    {
        var best = double.MaxValue;
        for (var round = 0; round < 40; round++)
        {
            var since = Stopwatch.GetTimestamp();
            var calls = 0;
            do
            {
                predict(calls++);
            }
            while (Stopwatch.GetElapsedTime(since).TotalMilliseconds < 50);

            best = Math.Min(best, Stopwatch.GetElapsedTime(since).TotalMicroseconds / calls);
        }

        return best;
    }
}
