using System.Security.Cryptography;

namespace Sagebrush.Wire.Signing;

/// <summary>
/// The chain of signatures of an aws-chunked body: each covers its chunk and the signature before it, the first one that of the
/// request's head. Source: S3's "Transferring Payload in Multiple Chunks" and "Including Trailing Headers".
/// </summary>
/// <remarks>Not safe for concurrent use: one body, one chain.</remarks>
internal sealed class ChunkSignatureChain
{
    private readonly byte[] _key;
    private readonly string _scopeLines;
    private string _previous;

    public ChunkSignatureChain(SigningKey key, string timestamp, string seedSignature)
    {
        _key = key.Key;
        _scopeLines = $"{timestamp}\n{key.Scope}\n";
        _previous = seedSignature;
    }

    /// <summary>Signs the next chunk, given the SHA-256 of its bytes, and moves on.</summary>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public string SignChunk(ReadOnlySpan<byte> chunkHash) =>
        Sign("AWS4-HMAC-SHA256-PAYLOAD\n"u8, PayloadHash.OfNothing, chunkHash);

    /// <summary>Signs the trailers, given the SHA-256 of their <c>name:value</c> lines, each ended by a line feed.</summary>
    public string SignTrailers(ReadOnlySpan<byte> trailersHash) =>
        Sign("AWS4-HMAC-SHA256-TRAILER\n"u8, null, trailersHash);

    private string Sign(ReadOnlySpan<byte> algorithmLine, string? metadataHash, ReadOnlySpan<byte> hash)
    {
        var buffer = new CanonicalBuffer(stackalloc byte[512]);
        try
        {
            buffer.Append(algorithmLine);
            buffer.Append(_scopeLines);
            buffer.Append(_previous);
            buffer.Append((byte)'\n');
            if (metadataHash is not null)
            {
                buffer.Append(metadataHash);
                buffer.Append((byte)'\n');
            }

            buffer.AppendHex(hash);
            Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
            HMACSHA256.HashData(_key, buffer.Written, signature);
            return _previous = Convert.ToHexStringLower(signature);
        }
        finally
        {
            buffer.Dispose();
        }
    }
}
