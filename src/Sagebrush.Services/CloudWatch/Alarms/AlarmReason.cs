using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Sagebrush.Contracts.CloudWatch;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>Why an alarm is in its state, in the words and the JSON that AWS's users know.</summary>
internal static class AlarmReason
{
    private const int LongestText = 1023;
    private const int MostPoints = 10;

    /// <summary>The reason for people.</summary>
    public static string Text(PutMetricAlarmInput alarm, string from, string to, IReadOnlyList<AlarmPoint> newestFirst, int toAlarm)
    {
        var periods = alarm.EvaluationPeriods!.Value;
        if (newestFirst.Count == 0)
        {
            return to == StateValue.InsufficientData
                ? $"Insufficient Data: {Datapoints(periods)} unknown."
                : $"Threshold Crossed: no datapoints were received; {Datapoints(periods)} missing and treated as "
                    + $"[{(alarm.TreatMissingData == "breaching" ? "Breaching" : "NonBreaching")}].";
        }

        var points = string.Join(", ", newestFirst.Take(MostPoints).Select(point => string.Create(
            CultureInfo.InvariantCulture, $"{point.Value:0.0###############} ({DateTimeOffset.FromUnixTimeSeconds(point.Time):dd/MM/yy HH:mm:ss})")));
        var words = alarm.ComparisonOperator switch
        {
            ComparisonOperator.GreaterThanOrEqualToThreshold => "greater than or equal to",
            ComparisonOperator.GreaterThanThreshold => "greater than",
            ComparisonOperator.LessThanThreshold => "less than",
            _ => "less than or equal to",
        };
        var needed = to == StateValue.Alarm ? toAlarm : periods - toAlarm + 1;
        var breaching = to == StateValue.Alarm ? "" : "not ";
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"Threshold Crossed: {newestFirst.Count} out of the last {periods} datapoints [{points}] {Kind(newestFirst.Count)} {breaching}{words} the threshold "
            + $"({alarm.Threshold:0.0###############}) (minimum {needed} datapoint{(needed == 1 ? "" : "s")} for {from} -> {to} transition).");
        return text.Length <= LongestText ? text : text[..LongestText];
    }

    /// <summary>The reason for programs.</summary>
    public static string Data(PutMetricAlarmInput alarm, int period, DateTimeOffset now, long start, IReadOnlyList<AlarmPoint> newestFirst)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteString("queryDate", Stamp(now));
            json.WriteString("startDate", Stamp(DateTimeOffset.FromUnixTimeSeconds(start)));
            if ((alarm.Statistic ?? alarm.ExtendedStatistic) is { } statistic)
            {
                json.WriteString("statistic", statistic);
            }

            json.WriteNumber("period", period);
            json.WriteStartArray("recentDatapoints");
            foreach (var point in newestFirst.Take(MostPoints).Reverse())
            {
                json.WriteNumberValue(point.Value);
            }

            json.WriteEndArray();
            json.WriteNumber("threshold", alarm.Threshold!.Value);
            json.WriteStartArray("evaluatedDatapoints");
            foreach (var point in newestFirst.Take(MostPoints))
            {
                json.WriteStartObject();
                json.WriteString("timestamp", Stamp(DateTimeOffset.FromUnixTimeSeconds(point.Time)));
                if (point.SampleCount is { } samples)
                {
                    json.WriteNumber("sampleCount", samples);
                }

                json.WriteNumber("value", point.Value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Kind(int count) => count == 1 ? "was" : "were";

    private static string Datapoints(int count) => $"{count} datapoint{(count == 1 ? "" : "s")} {Kind(count)}";

    private static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture);
}
