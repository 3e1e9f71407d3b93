namespace Sagebrush.State.Objects.Checksums;

/// <summary>The checksums S3 knows for an object's bytes. The values are stored: never renumber them.</summary>
public enum ChecksumAlgorithm
{
    /// <summary>CRC-32 as in zlib; four bytes.</summary>
    Crc32 = 1,

    /// <summary>CRC-32C (Castagnoli); four bytes.</summary>
    Crc32C = 2,

    /// <summary>CRC-64/NVME; eight bytes. What S3 computes for an object whose client sent no checksum.</summary>
    Crc64Nvme = 3,

    /// <summary>SHA-1; twenty bytes.</summary>
    Sha1 = 4,

    /// <summary>SHA-256; thirty-two bytes.</summary>
    Sha256 = 5,
}
