namespace Sagebrush.Quickstart;

/// <summary>Percentiles of measured times (nearest rank).</summary>
internal sealed record Latency(int Requests, TimeSpan P50, TimeSpan P95, TimeSpan P99)
{
    public static Latency Of(IReadOnlyCollection<TimeSpan> times)
    {
        var sorted = times.Order().ToArray();
        TimeSpan At(double share) => sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
        return new(sorted.Length, At(0.50), At(0.95), At(0.99));
    }
}
