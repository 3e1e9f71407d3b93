using System.Globalization;

namespace Sagebrush.Learning.Tables.Typed;

/// <summary>Reads dates, with or without a time of day, in the forms that tables commonly hold.</summary>
internal static class DateText
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss",
        "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:sszz", "yyyy-MM-dd HH:mm:ss.FFFFFFFzz", "yyyy/MM/dd", "yyyy/MM/dd HH:mm:ss", "yyyy-MM",
        "M/d/yyyy", "M/d/yyyy H:mm", "M/d/yyyy H:mm:ss", "M/d/yyyy h:mm tt", "M/d/yyyy h:mm:ss tt", "d.M.yyyy", "d.M.yyyy H:mm", "d.M.yyyy H:mm:ss",
        "d-MMM-yyyy", "d-MMM-yy", "d MMM yyyy", "MMM d, yyyy", "MMMM d, yyyy", "d MMMM yyyy", "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    ];

    // Of d/M/yyyy and M/d/yyyy the American form is tried first; a day above 12 shows the other.
    private static readonly string[] DayFirst = ["d/M/yyyy", "d/M/yyyy H:mm", "d/M/yyyy H:mm:ss"];

    /// <summary>Reads a date as seconds since 1970 in UTC.</summary>
    public static bool TryRead(string text, out double epochSeconds)
    {
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;
        if (text.Length is >= 6 and <= 40
            && (DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, Styles, out var date)
                || DateTime.TryParseExact(text, DayFirst, CultureInfo.InvariantCulture, Styles, out date)))
        {
            epochSeconds = (date - DateTime.UnixEpoch).TotalSeconds;
            return true;
        }

        epochSeconds = double.NaN;
        return false;
    }
}
