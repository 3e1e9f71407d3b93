namespace Sagebrush.State.Objects;

/// <summary>What a deletion did.</summary>
public readonly record struct DeleteOutcome
{
    /// <summary>What is gone: the object, or the version named; null when there was none or it is only hidden by a marker.</summary>
    public ObjectInfo? Removed { get; init; }

    /// <summary>The marker that was put on top of the object's versions, if any.</summary>
    public ObjectInfo? Marker { get; init; }

    /// <summary>Why nothing was deleted; null when it was.</summary>
    public ObjectStoreException? Refusal { get; init; }
}
