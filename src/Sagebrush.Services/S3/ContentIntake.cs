using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Sagebrush.State.Objects;
using Sagebrush.State.Objects.Checksums;
using Sagebrush.State.Objects.Encryption;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.S3;

/// <summary>Takes the body of a PUT into the store and holds it against every digest the client sent with it.</summary>
internal sealed class ContentIntake(IObjectStore store)
{
    /// <summary>Stores a body that is not yet an object.</summary>
    /// <param name="body">The decoded body; null when it is empty.</param>
    /// <param name="request">Its head.</param>
    /// <param name="kept">The checksum to keep; null keeps the client's own, else CRC-64/NVME as S3 does.</param>
    /// <param name="key">The client's key to encrypt it with, if it sent one.</param>
    /// <param name="cancellationToken">Signalled when the client is gone.</param>
    /// <exception cref="ServiceException">The body is too large or is not what its digests say.</exception>
    public async Task<PendingContent> ReceiveAsync(
        Stream? body, HttpRequest request, ChecksumAlgorithm? kept, CustomerKey? key, CancellationToken cancellationToken)
    {
        var announced = AnnouncedChecksum.Read(request.Headers);
        var md5 = ContentMd5(request.Headers.ContentMD5.Count == 0 ? null : request.Headers.ContentMD5.ToString());
        CheckLength((body as AwsChunkedStream)?.Length ?? request.ContentLength);

        ChecksumAlgorithm[] algorithms = [kept ?? announced?.Algorithm ?? ChecksumAlgorithm.Crc64Nvme, .. announced is { } other ? [other.Algorithm] : Array.Empty<ChecksumAlgorithm>()];
        var content = await store.WriteAsync(body ?? Stream.Null, new ContentOptions { Checksums = algorithms, Key = key }, cancellationToken);
        try
        {
            Verify(content, announced, md5, (body as AwsChunkedStream)?.Trailers);
            return content;
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    private static void CheckLength(long? length)
    {
        if (length > ContentOptions.SinglePutLimit)
        {
            throw new ServiceException(
                S3Codes.EntityTooLarge,
                "Your proposed upload exceeds the maximum allowed size",
                StatusCodes.Status400BadRequest,
                new Dictionary<string, string>
                {
                    ["ProposedSize"] = length.Value.ToString(CultureInfo.InvariantCulture),
                    ["MaxSizeAllowed"] = ContentOptions.SinglePutLimit.ToString(CultureInfo.InvariantCulture),
                });
        }
    }

    private static byte[]? ContentMd5(string? header)
    {
        if (header is null)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[MD5.HashSizeInBytes];
        return Convert.TryFromBase64String(header, bytes, out var length) && length == bytes.Length
            ? bytes.ToArray()
            : throw new ServiceException(S3Codes.InvalidDigest, "The Content-MD5 you specified was invalid.");
    }

    /// <summary>Holds bytes that were taken in against what was said of them.</summary>
    /// <exception cref="ServiceException">They are not what was said.</exception>
    public static void Verify(
        PendingContent content, AnnouncedChecksum? announced, byte[]? md5, IReadOnlyDictionary<string, string>? trailers)
    {
        if (md5 is not null && !content.Md5.Span.SequenceEqual(md5))
        {
            throw new ServiceException(S3Codes.BadDigest, "The Content-MD5 you specified did not match what we received.");
        }

        if (announced is not { } checksum)
        {
            return;
        }

        var expected = checksum.Value ?? trailers?.GetValueOrDefault(AnnouncedChecksum.HeaderName(checksum.Algorithm))
            ?? throw new ServiceException("MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema.");
        if (expected != content.Checksum(checksum.Algorithm).Value)
        {
            throw new ServiceException(
                S3Codes.BadDigest, $"The {AnnouncedChecksum.WireName(checksum.Algorithm)} you specified did not match the calculated checksum.");
        }
    }
}
