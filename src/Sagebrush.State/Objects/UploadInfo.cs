using Sagebrush.State.Objects.Checksums;

namespace Sagebrush.State.Objects;

/// <summary>A multipart upload that is neither completed nor aborted.</summary>
public sealed record UploadInfo
{
    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>The key of the object to be.</summary>
    public required string Key { get; init; }

    /// <summary>The upload's id, opaque to clients.</summary>
    public required string UploadId { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset Initiated { get; init; }

    /// <summary>The storage class of the object to be.</summary>
    public required string StorageClass { get; init; }

    /// <summary>The checksum each part gets.</summary>
    public required ChecksumAlgorithm ChecksumAlgorithm { get; init; }

    /// <summary>What the checksum of the object will cover.</summary>
    public required ChecksumType ChecksumType { get; init; }

    /// <summary>Headers and user metadata of the object to be.</summary>
    public ObjectAttributes Attributes { get; init; } = ObjectAttributes.None;

    internal long Id { get; init; }
}
