using Sagebrush.State.Objects.Checksums;
using Sagebrush.State.Objects.Encryption;

namespace Sagebrush.State.Objects;

/// <summary>How content is taken in.</summary>
public sealed record ContentOptions
{
    /// <summary>5 GiB: the most S3 takes in one request.</summary>
    public const long SinglePutLimit = 5L * 1024 * 1024 * 1024;

    /// <summary>Most bytes; one more is refused with <see cref="ObjectStoreError.EntityTooLarge"/>.</summary>
    public long MaxBytes { get; init; } = SinglePutLimit;

    /// <summary>Checksums to compute beside MD5. The first is the one kept with the object.</summary>
    public IReadOnlyList<ChecksumAlgorithm> Checksums { get; init; } = [ChecksumAlgorithm.Crc64Nvme];

    /// <summary>The client's key to encrypt the bytes with before they reach the disk; null keeps them as they come.</summary>
    public CustomerKey? Key { get; init; }
}
