using System.Diagnostics;
using Sagebrush.Learning.Tables.DuckDb;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Learning.Benchmarks;

/// <summary>How fast a CSV file of mixed columns becomes a typed table, beside DuckDB's reader on the same file.</summary>
internal static class TypedTableBenchmark
{
    private const int Repetitions = 5;

    public static void Run(string path)
    {
        var megabytes = new FileInfo(path).Length / 1e6;
        foreach (var threads in new[] { 1, 0 })
        {
            var own = Best(() => TypedCsvReader.Read([path], new() { Threads = threads }).RowCount);
            Console.WriteLine($"typed reader, {(threads == 1 ? "1 thread" : "all threads")}: {own:F3} s, {megabytes / own:F0} MB/s");
            var peer = Best(() =>
            {
                using var session = DuckDbSession.Open(threads);
                session.Execute($"CREATE TABLE t AS FROM read_csv({DuckDbSession.Text(path)}, header = true, sample_size = -1)");
                return 0;
            });
            Console.WriteLine($"DuckDB, {(threads == 1 ? "1 thread" : "all threads")}: {peer:F3} s, {megabytes / peer:F0} MB/s, ratio {peer / own:F2}");
        }
    }

    private static double Best(Func<int> work)
    {
        var best = double.MaxValue;
        for (var i = 0; i < Repetitions; i++)
        {
            var start = Stopwatch.GetTimestamp();
            work();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
