using System.Globalization;

namespace Sagebrush.Quickstart;

/// <summary>How the text of one cell is understood.</summary>
internal static class Cell
{
    private static readonly HashSet<string> MissingMarks = new(StringComparer.OrdinalIgnoreCase) { "", "?", "na", "n/a", "#n/a", "nan", "null" };

    public static bool IsMissing(string text) => MissingMarks.Contains(text);

    /// <summary>Reads a finite number in the invariant form.</summary>
    public static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
