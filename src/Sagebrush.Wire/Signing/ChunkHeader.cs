using System.Globalization;
using System.Text;

namespace Sagebrush.Wire.Signing;

/// <summary>The line before a chunk: <c>SIZE;chunk-signature=SIGNATURE</c>, the size in hexadecimal digits.</summary>
/// <param name="Size">The bytes of the chunk; 0 in the last one.</param>
/// <param name="Signature">Empty where chunks are not signed.</param>
internal readonly record struct ChunkHeader(long Size, string Signature)
{
    /// <summary>Room for the size, the signature, and extensions we do not know.</summary>
    public const int MaxLength = 512;

    private const int MaxSizeDigits = 15;

    public static ChunkHeader Parse(ReadOnlySpan<byte> line, bool signed)
    {
        var semicolon = line.IndexOf((byte)';');
        var digits = semicolon < 0 ? line : line[..semicolon];
        if (digits.IsEmpty || digits.Length > MaxSizeDigits
            || !long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size))
        {
            throw new PayloadException(PayloadError.MalformedChunk, "A chunk does not start with its size in hexadecimal digits.");
        }

        return signed
            ? new ChunkHeader(size, ReadSignature(semicolon < 0 ? [] : line[semicolon..]))
            : new ChunkHeader(size, string.Empty);
    }

    private static string ReadSignature(ReadOnlySpan<byte> extensions)
    {
        var name = ";chunk-signature="u8;
        var start = extensions.IndexOf(name);
        if (start >= 0)
        {
            var value = extensions[(start + name.Length)..];
            if (value.Length >= PayloadHash.HexLength
                && (value.Length == PayloadHash.HexLength || value[PayloadHash.HexLength] == ';'))
            {
                return Encoding.ASCII.GetString(value[..PayloadHash.HexLength]);
            }
        }

        throw new PayloadException(PayloadError.MalformedChunk, "A chunk has no chunk-signature of 64 digits.");
    }
}
