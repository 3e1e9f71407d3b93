using Sagebrush.State.Objects.Checksums;

namespace Sagebrush.Services.S3;

/// <summary>A checksum spread over the members S3's shapes have for it.</summary>
internal readonly struct ChecksumValues(ObjectChecksum? checksum)
{
    private readonly ObjectChecksum? _checksum = checksum;

    public string? Crc32 => Of(ChecksumAlgorithm.Crc32);

    public string? Crc32C => Of(ChecksumAlgorithm.Crc32C);

    public string? Crc64Nvme => Of(ChecksumAlgorithm.Crc64Nvme);

    public string? Sha1 => Of(ChecksumAlgorithm.Sha1);

    public string? Sha256 => Of(ChecksumAlgorithm.Sha256);

    public string? Type => _checksum is { } checksum ? TypeName(checksum.Type) : null;

    /// <summary>The type as S3's API spells it.</summary>
    public static string TypeName(ChecksumType type) => type == ChecksumType.Composite ? "COMPOSITE" : "FULL_OBJECT";

    private string? Of(ChecksumAlgorithm algorithm) => _checksum is { } checksum && checksum.Algorithm == algorithm ? checksum.Value : null;
}
