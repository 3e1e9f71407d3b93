namespace Sagebrush.State.Objects;

/// <summary>What must hold of the present object for a write to happen; checked in the transaction that writes.</summary>
public readonly record struct WriteCondition
{
    /// <summary>The present object must have this ETag (no quotes), or just exist for <c>*</c>.</summary>
    public string? IfMatch { get; init; }

    /// <summary>There must be no present object.</summary>
    public bool IfAbsent { get; init; }

    /// <summary>The present object must be of this time, to the second.</summary>
    public DateTimeOffset? IfModifiedAt { get; init; }

    /// <summary>The present object must have this many bytes.</summary>
    public long? IfSize { get; init; }

    internal void Check(ObjectInfo? present, string key)
    {
        if (IfAbsent && present is not null)
        {
            throw ObjectStoreException.PreconditionFailed("If-None-Match");
        }

        if (IfMatch is not null)
        {
            if (present is null)
            {
                throw ObjectStoreException.NoSuchKey(key);
            }

            if (IfMatch != "*" && IfMatch != present.ETag)
            {
                throw ObjectStoreException.PreconditionFailed("If-Match");
            }
        }

        if (IfModifiedAt?.ToUnixTimeSeconds() is { } time && time != present?.LastModified.ToUnixTimeSeconds())
        {
            throw ObjectStoreException.PreconditionFailed("x-amz-if-match-last-modified-time");
        }

        if (IfSize is { } size && size != present?.Size)
        {
            throw ObjectStoreException.PreconditionFailed("x-amz-if-match-size");
        }
    }
}
