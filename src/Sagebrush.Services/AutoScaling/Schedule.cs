using System.Globalization;
using System.Text.RegularExpressions;
using Quartz;

namespace Sagebrush.Services.AutoScaling;

/// <summary>When a scheduled action is due: <c>at(…)</c>, <c>rate(…)</c> or <c>cron(…)</c>.</summary>
internal sealed partial class Schedule
{
    private const int LargestRate = 100_000;

    private readonly DateTimeOffset? _at;
    private readonly TimeSpan? _rate;
    private readonly CronExpression? _cron;

    private Schedule(DateTimeOffset? at, TimeSpan? rate, CronExpression? cron) => (_at, _rate, _cron) = (at, rate, cron);

    /// <summary>Reads a schedule.</summary>
    /// <param name="text">Such as <c>at(2030-01-15T08:00:00)</c>, <c>rate(5 minutes)</c> or <c>cron(0 8 * * ? *)</c>.</param>
    /// <param name="zone">The time zone of <c>at</c> and <c>cron</c>.</param>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static Schedule Parse(string text, TimeZoneInfo zone)
    {
        if (Form().Match(text) is not { Success: true } match)
        {
            throw new FormatException("it must be at(yyyy-mm-ddThh:mm:ss), rate(value unit) or cron(fields)");
        }

        var inner = match.Groups[2].Value.Trim();
        return match.Groups[1].Value switch
        {
            "at" => new Schedule(At(inner, zone), null, null),
            "rate" => new Schedule(null, Rate(inner), null),
            _ => new Schedule(null, null, Cron(inner, zone)),
        };
    }

    /// <summary>The first time after a moment at which it is due; null when there is none.</summary>
    /// <param name="after">The moment.</param>
    /// <param name="start">Where a rate is counted from, and before which nothing is due.</param>
    public DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset start)
    {
        if (_at is { } at)
        {
            return at > after ? at : null;
        }

        if (_rate is { } rate)
        {
            return after < start ? start : start + (rate * (Math.Floor((after - start) / rate) + 1));
        }

        return _cron!.GetNextValidTimeAfter(after < start ? start.AddTicks(-1) : after);
    }

    private static DateTimeOffset At(string text, TimeZoneInfo zone)
    {
        if (!DateTime.TryParseExact(text, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            || time.Year is < 1970 or > 9000)
        {
            throw new FormatException($"'{text}' is no time of the form yyyy-mm-ddThh:mm:ss");
        }

        return new DateTimeOffset(time, zone.GetUtcOffset(time));
    }

    private static TimeSpan Rate(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value is 0 or > LargestRate)
        {
            throw new FormatException($"'{text}' is no rate such as 5 minutes");
        }

        return parts[1] switch
        {
            "minute" or "minutes" => TimeSpan.FromMinutes(value),
            "hour" or "hours" => TimeSpan.FromHours(value),
            "day" or "days" => TimeSpan.FromDays(value),
            _ => throw new FormatException($"'{parts[1]}' is no unit of a rate: minute, hour or day, or their plurals, are"),
        };
    }

    private static CronExpression Cron(string text, TimeZoneInfo zone)
    {
        if (text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length != 6)
        {
            throw new FormatException($"'{text}' does not have the six fields minutes, hours, day of month, month, day of week, year");
        }

        try
        {
            // AWS's fields are Quartz's without the seconds.
            return new CronExpression($"0 {text}", zone);
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            throw new FormatException(error.Message, error);
        }
    }

    [GeneratedRegex(@"^(at|rate|cron)\((.*)\)$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
