using Sagebrush.State.Objects.Checksums;

namespace Sagebrush.State.Objects;

/// <summary>An object without its bytes.</summary>
public sealed record ObjectInfo
{
    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>The key: any UTF-8, 1 to 1,024 bytes.</summary>
    public required string Key { get; init; }

    /// <summary>The version; <c>null</c> in a bucket without versioning.</summary>
    public required string VersionId { get; init; }

    /// <summary>Whether it is what a reader gets who names no version.</summary>
    public bool IsLatest { get; init; } = true;

    /// <summary>Whether it stands for a deletion and has no bytes.</summary>
    public bool IsDeleteMarker { get; init; }

    /// <summary>The number of bytes.</summary>
    public required long Size { get; init; }

    /// <summary>The entity tag without quotes: MD5 in hexadecimal, or the MD5 of the parts' MD5s, a dash and their number.</summary>
    public required string ETag { get; init; }

    /// <summary>When it was stored, to the millisecond.</summary>
    public required DateTimeOffset LastModified { get; init; }

    /// <summary>S3's storage class.</summary>
    public required string StorageClass { get; init; }

    /// <summary>The number of parts it was uploaded in; 0 when it came in one piece.</summary>
    public required int PartCount { get; init; }

    /// <summary>The checksum kept beside the ETag.</summary>
    public required ObjectChecksum? Checksum { get; init; }

    /// <summary>Headers and user metadata.</summary>
    public required ObjectAttributes Attributes { get; init; }

    /// <summary>Tags.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    internal long Id { get; init; }

    internal ContentAddress Content { get; init; }
}
