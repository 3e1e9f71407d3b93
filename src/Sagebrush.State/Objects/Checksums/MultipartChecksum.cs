using System.Buffers.Binary;

namespace Sagebrush.State.Objects.Checksums;

/// <summary>Makes the checksum of a multipart object from those of its parts, without reading the parts again.</summary>
internal static class MultipartChecksum
{
    /// <summary>The checksum of the checksums, and the number of parts after a dash.</summary>
    public static ObjectChecksum Composite(ChecksumAlgorithm algorithm, IReadOnlyCollection<byte[]> parts)
    {
        var joined = new byte[parts.Sum(part => part.Length)];
        var end = 0;
        foreach (var part in parts)
        {
            part.CopyTo(joined, end);
            end += part.Length;
        }

        var value = Convert.ToBase64String(ContentHasher.Hash(algorithm, joined));
        return new(algorithm, ChecksumType.Composite, $"{value}-{parts.Count}");
    }

    /// <summary>The checksum the whole object would have had in one piece: only CRCs can be joined so.</summary>
    public static ObjectChecksum FullObject(ChecksumAlgorithm algorithm, IEnumerable<(byte[] Checksum, long Size)> parts)
    {
        var crc = ContentHasher.Crc(algorithm)
            ?? throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "Only a CRC can cover a whole multipart object.");
        var combined = crc.Finish(crc.InitialState);
        foreach (var (checksum, size) in parts)
        {
            var value = checksum.Length == sizeof(uint)
                ? BinaryPrimitives.ReadUInt32BigEndian(checksum)
                : BinaryPrimitives.ReadUInt64BigEndian(checksum);
            combined = crc.Combine(combined, value, size);
        }

        return new(algorithm, ChecksumType.FullObject, Convert.ToBase64String(ContentHasher.CrcBytes(crc, combined)));
    }
}
