using System.Security.Cryptography;

namespace Sagebrush.Wire.Signing;

/// <summary>Compares digests with their lower-case hexadecimal form.</summary>
internal static class Hexadecimal
{
    /// <summary>Whether the text spells the 32 bytes, in a time that depends on the text's length alone.</summary>
    public static bool FixedTimeEquals(ReadOnlySpan<byte> digest, ReadOnlySpan<char> text)
    {
        Span<byte> presented = stackalloc byte[SHA256.HashSizeInBytes];
        return PayloadHash.IsLowerHex(text)
            && Convert.FromHexString(text, presented, out _, out _) == System.Buffers.OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(digest, presented);
    }

    /// <inheritdoc cref="FixedTimeEquals(ReadOnlySpan{byte}, ReadOnlySpan{char})"/>
    public static bool FixedTimeEquals(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> text)
    {
        Span<char> characters = stackalloc char[PayloadHash.HexLength];
        if (text.Length != PayloadHash.HexLength)
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            characters[i] = (char)text[i];
        }

        return FixedTimeEquals(digest, characters);
    }
}
