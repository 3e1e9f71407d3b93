namespace Sagebrush.Services.Training;

/// <summary>How much of a job's output is kept, and what was learnt from it. Written beside the output after each batch.</summary>
internal sealed class JobProgress
{
    /// <summary>The byte position up to which output is in the log store.</summary>
    public long Position { get; set; }

    /// <summary>The latest value of each metric.</summary>
    public Dictionary<string, MetricValue> Metrics { get; set; } = [];

    /// <summary>The last lines.</summary>
    public List<string> Tail { get; set; } = [];

    /// <summary>The metrics now, also while others come.</summary>
    public IReadOnlyList<KeyValuePair<string, MetricValue>> Snapshot()
    {
        lock (Metrics)
        {
            return [.. Metrics];
        }
    }

    /// <summary>A metric's value and when it was printed, in Unix milliseconds.</summary>
    public readonly record struct MetricValue(double Value, long Timestamp);
}
