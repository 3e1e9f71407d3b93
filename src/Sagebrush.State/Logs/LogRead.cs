namespace Sagebrush.State.Logs;

/// <summary>Which events of a stream to read. All conditions must hold.</summary>
public sealed record LogRead
{
    /// <summary>Not earlier than this, in Unix milliseconds.</summary>
    public long StartTime { get; init; }

    /// <summary>Earlier than this, in Unix milliseconds.</summary>
    public long EndTime { get; init; } = long.MaxValue;

    /// <summary>Behind this place.</summary>
    public LogPosition? After { get; init; }

    /// <summary>Before this place.</summary>
    public LogPosition? Before { get; init; }

    /// <summary>When more events fit the conditions than the page: whether to take the first or the last of them.</summary>
    public bool FromHead { get; init; }

    /// <summary>Most events to return.</summary>
    public int Limit { get; init; } = 10_000;

    /// <summary>Most bytes to return, counted as <see cref="LogGroup.StoredBytes"/>; one event is returned whatever its size.</summary>
    public int MaxBytes { get; init; } = 1 << 20;
}
