using System.Buffers;
using System.Text;

namespace Sagebrush.Wire.Signing;

/// <summary>Writes a raw request path as SigV4 wants it.</summary>
internal static class CanonicalPath
{
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsUnreserved(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~';

    /// <summary>S3: every byte escaped once, nothing normalised, so that keys such as <c>a//../b</c> keep their names.</summary>
    public static void AppendForS3(ref CanonicalBuffer target, ReadOnlySpan<char> path)
    {
        if (path.IsEmpty)
        {
            target.Append((byte)'/');
        }
        else if (path.ContainsAnyExcept(Plain))
        {
            AppendEscapedOnce(ref target, path, keepSlashes: true);
        }
        else
        {
            target.Append(path);
        }
    }

    /// <summary>
    /// Everything else: empty and dot segments removed as in RFC 3986 section 5.2.4, then the path as it was sent is
    /// escaped again, per cent signs included.
    /// </summary>
    public static void Append(ref CanonicalBuffer target, ReadOnlySpan<char> path)
    {
        if (path is "" or "/")
        {
            target.Append((byte)'/');
            return;
        }

        if (!path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal) && path[0] == '/')
        {
            AppendEscapedAgain(ref target, path);
            return;
        }

        var start = target.Length;
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            if (segment is "..")
            {
                target.Truncate(start + Math.Max(0, target.Written[start..].LastIndexOf((byte)'/')));
            }
            else if (segment is not ("" or "."))
            {
                target.Append((byte)'/');
                AppendEscapedAgain(ref target, segment);
            }
        }

        if (target.Length == start || path[^1] == '/')
        {
            target.Append((byte)'/');
        }
    }

    /// <summary>Escapes what must be, keeps well-formed escapes in upper case, and undoes needless ones.</summary>
    public static void AppendEscapedOnce(ref CanonicalBuffer target, ReadOnlySpan<char> text, bool keepSlashes)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (IsUnreserved(c) || (c == '/' && keepSlashes))
            {
                target.Append((byte)c);
            }
            else if (c == '%' && TryReadEscape(text[i..], out var value))
            {
                AppendByte(ref target, value);
                i += 2;
            }
            else if (c == '+' && !keepSlashes)
            {
                // In a query a plus sign stands for a space.
                target.AppendEscaped((byte)' ');
            }
            else
            {
                i += AppendScalar(ref target, text[i..]) - 1;
            }
        }
    }

    private static void AppendEscapedAgain(ref CanonicalBuffer target, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAnyExcept(Plain);
            if (plain < 0)
            {
                target.Append(text);
                return;
            }

            target.Append(text[..plain]);
            text = text[plain..];
            text = text[AppendScalar(ref target, text)..];
        }
    }

    private static bool TryReadEscape(ReadOnlySpan<char> text, out byte value)
    {
        value = 0;
        if (text.Length < 3 || !char.IsAsciiHexDigit(text[1]) || !char.IsAsciiHexDigit(text[2]))
        {
            return false;
        }

        value = (byte)((HexValue(text[1]) << 4) | HexValue(text[2]));
        return true;
    }

    private static int HexValue(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;

    private static void AppendByte(ref CanonicalBuffer target, byte value)
    {
        if (value < 128 && IsUnreserved((char)value))
        {
            target.Append(value);
        }
        else
        {
            target.AppendEscaped(value);
        }
    }

    /// <summary>Escapes the UTF-8 bytes of the first scalar of <paramref name="text"/> and returns its length in chars.</summary>
    private static int AppendScalar(ref CanonicalBuffer target, ReadOnlySpan<char> text)
    {
        Rune.DecodeFromUtf16(text, out var rune, out var consumed);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var value in utf8[..rune.EncodeToUtf8(utf8)])
        {
            target.AppendEscaped(value);
        }

        return consumed;
    }
}
