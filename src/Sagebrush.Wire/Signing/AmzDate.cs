using System.Globalization;

namespace Sagebrush.Wire.Signing;

/// <summary>Reads and writes SigV4's <c>yyyyMMddTHHmmssZ</c>.</summary>
internal static class AmzDate
{
    public const int Length = 16;

    private const string Format = "yyyyMMdd'T'HHmmss'Z'";

    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length != Length || text[8] != 'T' || text[15] != 'Z')
        {
            return false;
        }

        if (!Digits(text[..4], out var year) || !Digits(text[4..6], out var month) || !Digits(text[6..8], out var day)
            || !Digits(text[9..11], out var hour) || !Digits(text[11..13], out var minute) || !Digits(text[13..15], out var second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        time = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero);
        return true;
    }

    public static string ToString(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Writes the date part or all of it into <paramref name="destination"/> (16 characters).</summary>
    public static void Write(DateTimeOffset time, Span<char> destination) =>
        time.UtcDateTime.TryFormat(destination, out _, Format, CultureInfo.InvariantCulture);

    private static bool Digits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        return true;
    }
}
