namespace Sagebrush.Services.Recommendations;

/// <summary>What a while of load gave.</summary>
/// <param name="Latencies">How long each answer took.</param>
/// <param name="Errors">Requests without an answer.</param>
/// <param name="LastError">What one of them was told.</param>
/// <param name="Duration">How long the while was.</param>
internal sealed record LoadWindow(IReadOnlyList<TimeSpan> Latencies, int Errors, string? LastError, TimeSpan Duration)
{
    /// <summary>Requests answered in a minute at this rate.</summary>
    public int PerMinute => (int)Math.Round(Latencies.Count / Duration.TotalMinutes);

    /// <summary>The latency that a share of the requests did not exceed.</summary>
    /// <param name="share">From 0 to 1.</param>
    public TimeSpan Percentile(double share)
    {
        var sorted = Latencies.Order().ToList();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
    }
}
