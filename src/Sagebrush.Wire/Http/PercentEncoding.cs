using System.Text;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Http;

/// <summary>Decodes and encodes the percent form of paths and query strings, strictly UTF-8.</summary>
public static class PercentEncoding
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    /// <summary>The text of a percent-encoded part.</summary>
    /// <param name="text">The part as it stood in the request line.</param>
    /// <param name="plusIsSpace">Whether <c>+</c> stands for a space, as in query strings.</param>
    /// <exception cref="SerializationException">A percent sign is followed by no two hexadecimal digits, or the bytes are no UTF-8.</exception>
    public static string Decode(ReadOnlySpan<char> text, bool plusIsSpace = false)
    {
        if (text.IndexOfAny('%', '+') < 0)
        {
            return text.ToString();
        }

        var bytes = new byte[StrictUtf8.GetMaxByteCount(text.Length)];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                {
                    throw new SerializationException("Couldn't parse the specified URI.");
                }

                bytes[length++] = (byte)((Digit(text[i + 1]) << 4) | Digit(text[i + 2]));
                i += 2;
            }
            else if (c == '+' && plusIsSpace)
            {
                bytes[length++] = (byte)' ';
            }
            else if (char.IsAscii(c))
            {
                bytes[length++] = (byte)c;
            }
            else
            {
                length += StrictUtf8.GetBytes(text.Slice(i, char.IsHighSurrogate(c) && i + 1 < text.Length ? 2 : 1), bytes.AsSpan(length));
                i += char.IsHighSurrogate(c) ? 1 : 0;
            }
        }

        try
        {
            return StrictUtf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException e)
        {
            throw new SerializationException("Couldn't parse the specified URI.", e);
        }
    }

    private static int Digit(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
