namespace Sagebrush.State.Metrics;

/// <summary>How a <see cref="MetricPublisher"/> works.</summary>
public sealed record MetricPublisherOptions
{
    /// <summary>Time between two flushes. Flushes lie on whole multiples of it, so that no flush mixes two minutes.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most samples that wait for the next flush; further ones are dropped and counted.</summary>
    public int QueueLength { get; init; } = 65_536;
}
