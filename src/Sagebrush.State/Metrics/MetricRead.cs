namespace Sagebrush.State.Metrics;

/// <summary>Which values of a metric to read.</summary>
public sealed record MetricRead
{
    /// <summary>The metric.</summary>
    public required MetricKey Metric { get; init; }

    /// <summary>Not earlier than this, in Unix seconds.</summary>
    public required long Start { get; init; }

    /// <summary>Earlier than this, in Unix seconds.</summary>
    public required long End { get; init; }

    /// <summary>Length of a period in seconds. Values that are kept more coarsely than that are left out.</summary>
    public required int Period { get; init; }

    /// <summary>Where a period begins, in Unix seconds: periods lie whole multiples of their length from it.</summary>
    public long Origin { get; init; }

    /// <summary>The unit that values must have; null for any.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether values of different units make datapoints of their own.</summary>
    public bool ByUnit { get; init; }

    /// <summary>Whether to read distributions too.</summary>
    public bool WithDistribution { get; init; }
}
