using System.Text;

namespace Sagebrush.State.Objects;

/// <summary>Keys as the bytes they are ordered by.</summary>
internal static class KeyBytes
{
    /// <summary>The longest key, in bytes of UTF-8.</summary>
    public const int MaxLength = 1024;

    private static readonly UTF8Encoding Strict = new(false, true);

    /// <summary>No key of valid UTF-8 is as large as this.</summary>
    private static readonly byte[] End = [0xff];

    /// <summary>The bytes of a key that is to be stored or looked up.</summary>
    public static byte[] Of(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] bytes;
        try
        {
            bytes = Strict.GetBytes(key);
        }
        catch (EncoderFallbackException)
        {
            throw new ObjectStoreException(ObjectStoreError.InvalidRequest, "The key is not valid Unicode.");
        }

        return bytes.Length switch
        {
            0 => throw new ObjectStoreException(ObjectStoreError.InvalidRequest, "The key is empty."),
            > MaxLength => throw new ObjectStoreException(ObjectStoreError.KeyTooLongError, "Your key is too long")
            {
                Subject = $"{bytes.Length} bytes, at most {MaxLength}",
            },
            _ => bytes,
        };
    }

    /// <summary>The bytes of a prefix, delimiter or marker, which need not be a possible key.</summary>
    public static byte[] OfPattern(string? text) => Encoding.UTF8.GetBytes(text ?? "");

    public static string ToText(ReadOnlySpan<byte> key) => Encoding.UTF8.GetString(key);

    /// <summary>The least key after every key that begins with the prefix.</summary>
    public static byte[] AfterPrefix(ReadOnlySpan<byte> prefix)
    {
        var last = prefix.LastIndexOfAnyExcept((byte)0xff);
        if (last < 0)
        {
            return End;
        }

        var next = prefix[..(last + 1)].ToArray();
        next[last]++;
        return next;
    }

    /// <summary>The least key after this one.</summary>
    public static byte[] AfterKey(ReadOnlySpan<byte> key) => [.. key, 0];

    /// <summary>The common prefix a key falls under: up to and with the first delimiter after the prefix.</summary>
    /// <returns>Empty when it falls under none.</returns>
    public static ReadOnlySpan<byte> CommonPrefix(ReadOnlySpan<byte> key, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> delimiter)
    {
        if (delimiter.IsEmpty || !key.StartsWith(prefix))
        {
            return default;
        }

        var at = key[prefix.Length..].IndexOf(delimiter);
        return at < 0 ? default : key[..(prefix.Length + at + delimiter.Length)];
    }
}
