using Sagebrush.State.Objects.Checksums;

namespace Sagebrush.State.Objects;

/// <summary>An object in a listing.</summary>
/// <param name="Key">The key.</param>
/// <param name="Size">The number of bytes.</param>
/// <param name="ETag">The entity tag without quotes.</param>
/// <param name="LastModified">When it was stored.</param>
/// <param name="StorageClass">S3's storage class.</param>
/// <param name="ChecksumAlgorithm">The algorithm of its checksum, if it has one.</param>
/// <param name="ChecksumType">What the checksum covers.</param>
public readonly record struct ListedObject(
    string Key,
    long Size,
    string ETag,
    DateTimeOffset LastModified,
    string StorageClass,
    ChecksumAlgorithm? ChecksumAlgorithm,
    ChecksumType? ChecksumType);
