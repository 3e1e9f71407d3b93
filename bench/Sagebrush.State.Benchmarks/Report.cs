using System.Diagnostics;

namespace Sagebrush.State.Benchmarks;

/// <summary>Times a piece of work and prints what it amounts to.</summary>
internal static class Report
{
    public static async Task RateAsync(string title, long count, string unit, Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        var elapsed = Stopwatch.GetElapsedTime(start);
        Console.WriteLine(
            $"{title,-58} {count / elapsed.TotalSeconds,12:N0} {unit}/s {elapsed.TotalMicroseconds / count,10:N1} µs each");
    }
}
