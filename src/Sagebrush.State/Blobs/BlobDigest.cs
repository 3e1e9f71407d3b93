using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Sagebrush.State.Blobs;

/// <summary>The SHA-256 of some bytes, which is their name: <c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
public readonly record struct BlobDigest
{
    private const string Prefix = "sha256:";
    private const int HexLength = 64;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private BlobDigest(string text) => Text = text;

    /// <summary>The digest as clients write it.</summary>
    public string Text { get; }

    /// <summary>The hexadecimal digits alone; safe as a file's name.</summary>
    public string Hex => Text[Prefix.Length..];

    /// <summary>The digest of bytes in memory.</summary>
    public static BlobDigest Of(ReadOnlySpan<byte> content) => FromHash(SHA256.HashData(content));

    /// <summary>Reads a digest; false for other algorithms and for anything that is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BlobDigest digest)
    {
        digest = default;
        if (text is null || text.Length != Prefix.Length + HexLength || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || text.AsSpan(Prefix.Length).ContainsAnyExcept(Digits))
        {
            return false;
        }

        digest = new BlobDigest(text);
        return true;
    }

    /// <summary>The digest itself, for messages.</summary>
    public override string ToString() => Text;

    internal static BlobDigest FromHash(ReadOnlySpan<byte> hash) => new(Prefix + Convert.ToHexStringLower(hash));
}
