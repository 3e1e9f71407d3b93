using System.Buffers;
using System.Security.Cryptography;

namespace Sagebrush.Wire.Signing;

/// <summary>The names and hashes an <c>x-amz-content-sha256</c> header may hold.</summary>
internal static class PayloadHash
{
    public const string Header = "x-amz-content-sha256";
    public const string Unsigned = "UNSIGNED-PAYLOAD";
    public const string SignedChunks = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    public const string SignedChunksWithTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
    public const string UnsignedChunksWithTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    public const string OfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>The length of a SHA-256 in hexadecimal digits.</summary>
    public const int HexLength = 64;

    public static bool TryReadMode(string value, out PayloadMode mode)
    {
        mode = value switch
        {
            Unsigned => PayloadMode.Unsigned,
            SignedChunks => PayloadMode.SignedChunks,
            SignedChunksWithTrailer => PayloadMode.SignedChunksWithTrailer,
            UnsignedChunksWithTrailer => PayloadMode.UnsignedChunksWithTrailer,
            _ => PayloadMode.SignedHash,
        };
        return mode != PayloadMode.SignedHash || IsLowerHex(value);
    }

    /// <summary>Whether the text is 64 lower-case hexadecimal digits.</summary>
    public static bool IsLowerHex(ReadOnlySpan<char> value) =>
        value.Length == HexLength && !value.ContainsAnyExcept(LowerHex);

    public static void Hash(in ReadOnlySequence<byte> body, Span<byte> destination)
    {
        if (body.IsSingleSegment)
        {
            SHA256.HashData(body.FirstSpan, destination);
            return;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var segment in body)
        {
            hash.AppendData(segment.Span);
        }

        hash.GetHashAndReset(destination);
    }

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");
}
