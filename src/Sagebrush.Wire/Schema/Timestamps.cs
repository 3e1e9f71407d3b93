using System.Globalization;

namespace Sagebrush.Wire.Schema;

/// <summary>Text forms of instants, as AWS's protocols write and accept them.</summary>
public static class Timestamps
{
    private static readonly string[] HttpDateFormats =
    [
        "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        "ddd, dd MMM yyyy HH:mm:ss.FFF 'GMT'",
    ];

    private const double Earliest = -62_135_596_800;

    // The last millisecond that a date can hold, and half of one that rounding could add.
    private const double Latest = 253_402_300_799.9995;

    /// <summary>Writes <paramref name="value"/>; <paramref name="fallback"/> stands for <see cref="TimestampFormat.Default"/>.</summary>
    public static string Format(DateTimeOffset value, TimestampFormat format, TimestampFormat fallback) =>
        (format == TimestampFormat.Default ? fallback : format) switch
        {
            TimestampFormat.EpochSeconds => EpochSeconds(value).ToString(CultureInfo.InvariantCulture),
            TimestampFormat.HttpDate => value.UtcDateTime.ToString(HttpDateFormats[0], CultureInfo.InvariantCulture),
            _ => value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        };

    /// <summary>Seconds since 1970 with milliseconds.</summary>
    public static decimal EpochSeconds(DateTimeOffset value) => value.ToUnixTimeMilliseconds() / 1000m;

    /// <summary>The instant of a number of seconds since 1970.</summary>
    /// <exception cref="SerializationException">It lies outside the years 1 to 9999.</exception>
    public static DateTimeOffset FromEpochSeconds(double seconds)
    {
        if (!(seconds >= Earliest && seconds < Latest))
        {
            throw new SerializationException("The timestamp is out of range.");
        }

        // What a double says beyond a microsecond is noise; far from our days, beyond a millisecond already.
        return Math.Abs(seconds) < 1e10
            ? DateTimeOffset.UnixEpoch.AddTicks((long)Math.Round(seconds * 1e6) * TimeSpan.TicksPerMicrosecond)
            : DateTimeOffset.UnixEpoch.AddTicks((long)Math.Round(seconds * 1e3) * TimeSpan.TicksPerMillisecond);
    }

    /// <summary>Reads any of the forms AWS accepts.</summary>
    /// <exception cref="SerializationException">The text is none of them.</exception>
    public static DateTimeOffset Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
        {
            return FromEpochSeconds(seconds);
        }

        if (DateTimeOffset.TryParseExact(text, HttpDateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var http))
        {
            return http;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var iso)
            ? iso
            : throw new SerializationException($"'{text}' is not a timestamp.");
    }
}
