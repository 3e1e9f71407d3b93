using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sagebrush.State.Objects.Checksums;

/// <summary>Computes the MD5 that makes an ETag, and any other checksums asked for, in one pass over the bytes.</summary>
internal sealed class ContentHasher : IDisposable
{
    private readonly IncrementalHash _md5 = NewHash(HashAlgorithmName.MD5);
    private readonly Checksum[] _checksums;

    public ContentHasher(IReadOnlyCollection<ChecksumAlgorithm> algorithms) =>
        _checksums = [.. algorithms.Distinct().Select(algorithm => new Checksum(algorithm))];

    public void Append(ReadOnlySpan<byte> data)
    {
        _md5.AppendData(data);
        foreach (var checksum in _checksums)
        {
            checksum.Append(data);
        }
    }

    public ContentDigest Finish() => new(
        _md5.GetHashAndReset(),
        _checksums.ToDictionary(checksum => checksum.Algorithm, checksum => checksum.Finish()));

    public void Dispose()
    {
        _md5.Dispose();
        foreach (var checksum in _checksums)
        {
            checksum.Dispose();
        }
    }

    /// <summary>The checksum of a short run of bytes, big-endian as S3 writes it.</summary>
    public static byte[] Hash(ChecksumAlgorithm algorithm, ReadOnlySpan<byte> data)
    {
        using var checksum = new Checksum(algorithm);
        checksum.Append(data);
        return checksum.Finish();
    }

    /// <summary>The CRC behind an algorithm; null for the two that are not CRCs and cannot be combined.</summary>
    public static ReflectedCrc? Crc(ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 => ReflectedCrc.Crc32,
        ChecksumAlgorithm.Crc32C => ReflectedCrc.Crc32C,
        ChecksumAlgorithm.Crc64Nvme => ReflectedCrc.Crc64Nvme,
        _ => null,
    };

    private static IncrementalHash NewHash(HashAlgorithmName name) => IncrementalHash.CreateHash(name);

    private sealed class Checksum(ChecksumAlgorithm algorithm) : IDisposable
    {
        private readonly ReflectedCrc? _crc = Crc(algorithm);
        private readonly IncrementalHash? _hash = algorithm switch
        {
            ChecksumAlgorithm.Sha1 => NewHash(HashAlgorithmName.SHA1),
            ChecksumAlgorithm.Sha256 => NewHash(HashAlgorithmName.SHA256),
            _ => null,
        };

        private ulong _state = Crc(algorithm)?.InitialState ?? 0;

        public ChecksumAlgorithm Algorithm { get; } = algorithm;

        public void Append(ReadOnlySpan<byte> data)
        {
            if (_crc is not null)
            {
                _state = _crc.Append(_state, data);
            }
            else
            {
                _hash!.AppendData(data);
            }
        }

        public byte[] Finish() => _crc is null ? _hash!.GetHashAndReset() : CrcBytes(_crc, _crc.Finish(_state));

        public void Dispose() => _hash?.Dispose();
    }

    internal static byte[] CrcBytes(ReflectedCrc crc, ulong value)
    {
        var bytes = new byte[crc.ByteCount];
        if (bytes.Length == sizeof(uint))
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value);
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        }

        return bytes;
    }
}
