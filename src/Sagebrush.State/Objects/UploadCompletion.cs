namespace Sagebrush.State.Objects;

/// <summary>What a client asks for when it completes a multipart upload.</summary>
public sealed record UploadCompletion
{
    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>The upload.</summary>
    public required string UploadId { get; init; }

    /// <summary>The parts of the object, in ascending order. Uploaded parts not named here are dropped.</summary>
    public required IReadOnlyList<CompletedPart> Parts { get; init; }

    /// <summary>What must hold of the object there is.</summary>
    public WriteCondition Condition { get; init; }

    /// <summary>The checksum the object must have (base64, without the number of parts), if the client says.</summary>
    public string? ExpectedChecksum { get; init; }

    /// <summary>The bytes the object must have, if the client says.</summary>
    public long? ExpectedSize { get; init; }

    /// <summary>Looks at the upload that is to be completed, and may throw to refuse it; runs in the transaction.</summary>
    public Action<UploadInfo>? Require { get; init; }

    /// <summary>What is to be told of the object once it is there, for <see cref="IObjectStore.ReadOutbox"/>; runs in the transaction.</summary>
    public Func<ObjectInfo, IReadOnlyList<string>>? Announce { get; init; }
}
