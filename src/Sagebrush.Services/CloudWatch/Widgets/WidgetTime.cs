using System.Globalization;
using System.Xml;

namespace Sagebrush.Services.CloudWatch.Widgets;

/// <summary>Times as widgets write them.</summary>
internal static class WidgetTime
{
    /// <summary>An absolute time in ISO 8601, or one relative to now such as <c>-PT3H</c> and <c>P0D</c>.</summary>
    /// <returns>In Unix seconds.</returns>
    public static long Parse(string text, DateTimeOffset now, string member)
    {
        try
        {
            if (text.TrimStart('-').StartsWith('P'))
            {
                var span = XmlConvert.ToTimeSpan(text);
                return (now + span).ToUnixTimeSeconds();
            }
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or ArgumentOutOfRangeException)
        {
            throw new WidgetException($"{member} is not a duration: {text}.");
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUnixTimeSeconds()
            : throw new WidgetException($"{member} is neither an ISO 8601 time nor a duration such as -PT3H: {text}.");
    }

    /// <summary>An offset from UTC such as <c>+0130</c>.</summary>
    public static TimeSpan ParseZone(string text) =>
        text is [('+' or '-') and var sign, _, _, _, _] && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var digits) && digits % 100 < 60 && digits < 2400
            ? (sign == '-' ? -1 : 1) * new TimeSpan(digits / 100, digits % 100, 0)
            : throw new WidgetException($"timezone is not an offset from UTC such as +0130: {text}.");
}
