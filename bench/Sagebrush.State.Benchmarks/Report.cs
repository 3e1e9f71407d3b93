using System.Diagnostics;

namespace Sagebrush.State.Benchmarks;

/// <summary>Times a piece of work and prints what it amounts to: by the clock, and by processor time, which a busy machine does not stretch.</summary>
internal static class Report
{
    public static async Task RateAsync(string title, long count, string unit, Func<Task> work)
    {
        var processor = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        await work();
        var elapsed = Stopwatch.GetElapsedTime(start);
        processor = Environment.CpuUsage.TotalTime - processor;
        Console.WriteLine(
            $"{title,-60} {count / elapsed.TotalSeconds,10:N0} {unit}/s {elapsed.TotalMicroseconds / count,9:N1} µs each, "
            + $"{processor.TotalMicroseconds / count,8:N1} µs of processor");
    }
}
