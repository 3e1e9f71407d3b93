using Microsoft.AspNetCore.Http;
using Sagebrush.State.Objects.Checksums;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>The checksum a client sends with a body, in a header or after it.</summary>
/// <param name="Algorithm">The algorithm.</param>
/// <param name="Value">Base64; null when it follows in a trailer.</param>
internal readonly record struct AnnouncedChecksum(ChecksumAlgorithm Algorithm, string? Value)
{
    /// <summary>What the names of headers and form fields with checksums begin with.</summary>
    public const string Prefix = "x-amz-checksum-";

    private static readonly (ChecksumAlgorithm Algorithm, string WireName, int Bytes)[] Known =
    [
        (ChecksumAlgorithm.Crc32, "CRC32", 4),
        (ChecksumAlgorithm.Crc32C, "CRC32C", 4),
        (ChecksumAlgorithm.Crc64Nvme, "CRC64NVME", 8),
        (ChecksumAlgorithm.Sha1, "SHA1", 20),
        (ChecksumAlgorithm.Sha256, "SHA256", 32),
    ];

    /// <summary>Headers of that prefix which hold no checksum.</summary>
    private static readonly string[] Others = ["mode", "algorithm", "type"];

    /// <summary>The algorithm as S3's API spells it.</summary>
    public static string WireName(ChecksumAlgorithm algorithm) => Known.First(known => known.Algorithm == algorithm).WireName;

    /// <summary>The header that carries it.</summary>
    public static string HeaderName(ChecksumAlgorithm algorithm) => Prefix + WireName(algorithm).ToLowerInvariant();

    /// <summary>The algorithm S3's API means by a name; null for none.</summary>
    /// <exception cref="ServiceException">There is no such algorithm here.</exception>
    public static ChecksumAlgorithm? ByName(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return null;
        }

        foreach (var known in Known)
        {
            if (name.Equals(known.WireName, StringComparison.OrdinalIgnoreCase))
            {
                return known.Algorithm;
            }
        }

        throw new ServiceException(
            S3Codes.InvalidRequest,
            $"The checksum algorithm {name} is not available; CRC32, CRC32C, CRC64NVME, SHA1 and SHA256 are.");
    }

    /// <exception cref="ServiceException">There are several, or one that is no checksum.</exception>
    public static AnnouncedChecksum? Read(IHeaderDictionary headers)
    {
        AnnouncedChecksum? found = null;
        foreach (var (name, values) in headers)
        {
            if (!name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || Others.Contains(name[Prefix.Length..], StringComparer.OrdinalIgnoreCase))
            {
                continue;
            }

            if (found is not null)
            {
                throw new ServiceException(
                    S3Codes.InvalidRequest, "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
            }

            found = new(ByName(name[Prefix.Length..])!.Value, Checked(name, values.ToString()));
        }

        return found ?? FromTrailer(headers["x-amz-trailer"].ToString());
    }

    private static AnnouncedChecksum? FromTrailer(string announcement)
    {
        foreach (var name in announcement.Split(',', StringSplitOptions.TrimEntries))
        {
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                return new(ByName(name[Prefix.Length..])!.Value, null);
            }
        }

        return null;
    }

    private static string Checked(string header, string value)
    {
        var algorithm = ByName(header[Prefix.Length..]);
        Span<byte> bytes = stackalloc byte[64];
        return Convert.TryFromBase64String(value, bytes, out var length) && length == Known.First(known => known.Algorithm == algorithm).Bytes
            ? value
            : throw new ServiceException(S3Codes.InvalidRequest, $"Value for {header} header is invalid.");
    }
}
