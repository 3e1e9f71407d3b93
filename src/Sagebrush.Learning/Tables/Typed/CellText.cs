using System.Globalization;
using System.Text;

namespace Sagebrush.Learning.Tables.Typed;

/// <summary>How the text of one cell is understood.</summary>
public static class CellText
{
    private static readonly HashSet<string> MissingMarks = new(StringComparer.OrdinalIgnoreCase) { "", "?", "na", "n/a", "#n/a", "#na", "<na>", "nan", "-nan", "null" };

    /// <summary>Whether a text stands for a missing value: nothing, <c>?</c>, <c>NA</c>, <c>N/A</c>, <c>#N/A</c>, <c>&lt;NA&gt;</c>, <c>NaN</c> or <c>null</c>, in any case.</summary>
    public static bool IsMissing(string text) => MissingMarks.Contains(text);

    /// <summary>Reads a finite number in the invariant form.</summary>
    public static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    /// <summary>Whether UTF-8 text stands for a missing value.</summary>
    internal static bool IsMissing(ReadOnlySpan<byte> text)
    {
        switch (text.Length)
        {
            case 0:
                return true;
            case 1:
                return text[0] == (byte)'?';
            case > 4:
                return false;
        }

        // Most short texts are told by their first letter.
        return text[0] switch
        {
            (byte)'n' or (byte)'N' => Ascii.EqualsIgnoreCase(text, "na"u8) || Ascii.EqualsIgnoreCase(text, "nan"u8) || Ascii.EqualsIgnoreCase(text, "null"u8)
                || Ascii.EqualsIgnoreCase(text, "n/a"u8),
            (byte)'#' => Ascii.EqualsIgnoreCase(text, "#na"u8) || Ascii.EqualsIgnoreCase(text, "#n/a"u8),
            (byte)'<' => Ascii.EqualsIgnoreCase(text, "<na>"u8),
            (byte)'-' => Ascii.EqualsIgnoreCase(text, "-nan"u8),
            _ => false,
        };
    }
}
