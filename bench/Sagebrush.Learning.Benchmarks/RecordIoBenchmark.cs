using System.Diagnostics;
using Sagebrush.Learning.Tables.RecordIO;

namespace Sagebrush.Learning.Benchmarks;

/// <summary>How fast one core turns RecordIO-protobuf into a table, beside copying the same bytes from the page cache into memory.</summary>
internal static class RecordIoBenchmark
{
    private const long FileBytes = 400L << 20;
    private const int Rounds = 5;

    public static void Run()
    {
        Console.WriteLine("RecordIO-protobuf, one core, median of 5 rounds of 400 MB in the page cache:");
        Measure("dense float32, 30 features", (writer, row, values) => writer.Write(TensorValues.Of(values.AsSpan(row % 7, 30)), TensorValues.Of([1f])));
        Measure("dense float32, 784 features", (writer, row, values) => writer.Write(TensorValues.Of(values.AsSpan(row % 7, 784)), TensorValues.Of([1f])));
        Measure(
            "dense float64, 100 features", (writer, row, values) => writer.Write(TensorValues.Of(new double[100].AsSpan()), TensorValues.Of([1f])));
        var keys = Enumerable.Range(0, 60).Select(i => i * 131).ToArray();
        Measure(
            "sparse float32, 60 of 10,000 features",
            (writer, row, values) => writer.WriteSparse(TensorValues.Of(values.AsSpan(row % 7, 60)), keys, 10_000, TensorValues.Of([1f])));
    }

    private static void Measure(string title, Action<RecordWriter, int, float[]> write)
    {
        var path = Path.Combine(Path.GetTempPath(), $"sagebrush-bench-{Environment.ProcessId}.rec");
        try
        {
            Fill(path, write);
            var read = Median(() => RecordTableReader.Read([path]).RowCount);
            var copied = Median(() => File.ReadAllBytes(path).Length);
            var bytes = new FileInfo(path).Length;
            Console.WriteLine($"{title,-40} {bytes / read / 1e9,6:N2} GB/s    {read / copied,5:N2} x the time of a copy");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Fill(string path, Action<RecordWriter, int, float[]> write)
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 1000).Select(_ => random.NextSingle()).ToArray();
        using var file = File.Create(path);
        using var writer = new RecordWriter(file);
        for (var row = 0; file.Position < FileBytes; row++)
        {
            write(writer, row, values);
        }
    }

    // Processor time: what other programs take of the machine is not counted.
    private static double Median(Func<int> work)
    {
        work();
        var times = new double[Rounds];
        for (var i = 0; i < Rounds; i++)
        {
            GC.Collect();
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            work();
            times[i] = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        }

        Array.Sort(times);
        return times[Rounds / 2];
    }
}
