namespace Sagebrush.State.Logs;

/// <summary>A log group.</summary>
public sealed record LogGroup
{
    /// <summary>Its name.</summary>
    public required LogGroupKey Key { get; init; }

    /// <summary>When it was made, in Unix milliseconds.</summary>
    public required long Created { get; init; }

    /// <summary>For how many days events are kept; null for ever.</summary>
    public int? RetentionDays { get; init; }

    /// <summary>The size of its events as AWS counts it: the UTF-8 of the messages and 26 bytes for each event.</summary>
    public required long StoredBytes { get; init; }
}
