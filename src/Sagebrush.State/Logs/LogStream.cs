namespace Sagebrush.State.Logs;

/// <summary>A log stream. Times are Unix milliseconds.</summary>
public sealed record LogStream
{
    /// <summary>Its name.</summary>
    public required LogStreamKey Key { get; init; }

    /// <summary>When it was made.</summary>
    public required long Created { get; init; }

    /// <summary>The time of its earliest event; null while it has none.</summary>
    public long? FirstEvent { get; init; }

    /// <summary>The time of its latest event; null while it has none.</summary>
    public long? LastEvent { get; init; }

    /// <summary>When events last arrived; null before the first.</summary>
    public long? LastIngestion { get; init; }

    /// <inheritdoc cref="LogGroup.StoredBytes"/>
    public required long StoredBytes { get; init; }
}
