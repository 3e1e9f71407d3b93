using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.Sns;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>Publishes state changes to topics, in the JSON that AWS's subscribers read.</summary>
internal sealed class SnsAlarmAction(ITopics topics) : IAlarmAction
{
    private const int LongestSubject = 100;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool Handles(string arn) => arn.Split(':', 6) is ["arn", _, "sns", ..];

    public async ValueTask<bool> StartAsync(string arn, AlarmNotice notice, CancellationToken cancellationToken)
    {
        var subject = $"{notice.Transition.To}: \"{notice.Alarm.Name}\" in {notice.Alarm.Region}";
        subject = new string([.. subject.Where(one => one is >= ' ' and <= '~').Take(LongestSubject)]);
        return await topics.TryPublishAsync(arn, new TopicMessage(Message(notice), subject), cancellationToken) is not null;
    }

    private static string Message(AlarmNotice notice)
    {
        var (alarm, transition) = (notice.Document, notice.Transition);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("AlarmName", notice.Alarm.Name);
            json.WriteString("AlarmDescription", alarm.Description);
            json.WriteString("AWSAccountId", notice.Alarm.Account);
            json.WriteString("AlarmConfigurationUpdatedTimestamp", Stamp(alarm.Configured));
            json.WriteString("NewStateValue", transition.To);
            json.WriteString("NewStateReason", transition.Reason);
            json.WriteString("StateChangeTime", Stamp(transition.Time));
            json.WriteString("Region", notice.Alarm.Region);
            json.WriteString("AlarmArn", notice.Arn);
            json.WriteString("OldStateValue", transition.From);
            WriteActions(json, "OKActions", alarm.ActionsFor(StateValue.Ok));
            WriteActions(json, "AlarmActions", alarm.ActionsFor(StateValue.Alarm));
            WriteActions(json, "InsufficientDataActions", alarm.ActionsFor(StateValue.InsufficientData));
            if (alarm.Metric is { } metric)
            {
                json.WriteStartObject("Trigger");
                WriteTrigger(json, metric);
                json.WriteEndObject();
            }
            else
            {
                json.WriteString("AlarmRule", alarm.Composite!.AlarmRule);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteTrigger(Utf8JsonWriter json, PutMetricAlarmInput metric)
    {
        if (metric.Metrics is { } queries)
        {
            json.WriteStartArray("Metrics");
            foreach (var query in queries)
            {
                json.WriteRawValue(Wire.Json.ShapeJson.Write(query));
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteString("MetricName", metric.MetricName);
            json.WriteString("Namespace", metric.Namespace);
            json.WriteString("StatisticType", metric.Statistic is null ? "ExtendedStatistic" : "Statistic");
            json.WriteString(metric.Statistic is null ? "ExtendedStatistic" : "Statistic", metric.Statistic?.ToUpperInvariant() ?? metric.ExtendedStatistic);
            json.WriteString("Unit", metric.Unit);
            json.WriteStartArray("Dimensions");
            foreach (var dimension in metric.Dimensions ?? [])
            {
                json.WriteStartObject();
                json.WriteString("value", dimension.Value);
                json.WriteString("name", dimension.Name);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("Period", metric.Period!.Value);
        }

        json.WriteNumber("EvaluationPeriods", metric.EvaluationPeriods!.Value);
        json.WriteNumber("DatapointsToAlarm", metric.DatapointsToAlarm ?? metric.EvaluationPeriods.Value);
        json.WriteString("ComparisonOperator", metric.ComparisonOperator);
        json.WriteNumber("Threshold", metric.Threshold!.Value);
        json.WriteString("TreatMissingData", metric.TreatMissingData ?? "missing");
        json.WriteString("EvaluateLowSampleCountPercentile", metric.EvaluateLowSampleCountPercentile ?? "");
    }

    private static void WriteActions(Utf8JsonWriter json, string name, IReadOnlyList<string> actions)
    {
        json.WriteStartArray(name);
        foreach (var action in actions)
        {
            json.WriteStringValue(action);
        }

        json.WriteEndArray();
    }

    private static string Stamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture);
}
