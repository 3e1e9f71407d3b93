using System.IO.Compression;

using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Http;

/// <summary>Unpacks bodies that clients compress by themselves, as they do with metric data of more than 10 KB.</summary>
internal static class CompressedBody
{
    public static bool IsCompressed(HttpRequest request) => request.Headers.ContentEncoding == "gzip";

    /// <summary>The unpacked body, or null when it is larger than <paramref name="limit"/> bytes.</summary>
    /// <exception cref="SerializationException">It is no gzip stream.</exception>
    public static async ValueTask<byte[]?> InflateAsync(ReadOnlyMemory<byte> body, int limit, CancellationToken cancellationToken)
    {
        using var packed = new MemoryStream(body.ToArray(), writable: false);
        await using var stream = new GZipStream(packed, CompressionMode.Decompress);
        using var result = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if (result.Length + read > limit)
                {
                    return null;
                }

                result.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException e)
        {
            throw new SerializationException("The body is not valid gzip.", e);
        }

        return result.ToArray();
    }
}
