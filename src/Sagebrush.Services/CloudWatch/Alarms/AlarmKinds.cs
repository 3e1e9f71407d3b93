using System.Text.Json.Serialization;
using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.CloudWatch.Metrics;
using Sagebrush.Services.Documents;
using Sagebrush.State.Metrics;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>What alarms store.</summary>
internal static class AlarmKinds
{
    public const string TypeAttribute = "type";
    public const string AlarmAttribute = "alarm";
    public const string ItemTypeAttribute = "item-type";
    public const string SuppressorAttribute = "suppressor";
    public const string MetricAttribute = "metric";

    public static readonly ResourceKind<AlarmDocument> Alarm =
        new("Alarm", new JsonDocumentSerializer<AlarmDocument>(AlarmJson.Default.AlarmDocument))
        {
            Status = static alarm => alarm.State,
            Attributes = static alarm => [ResourceAttribute.Of(TypeAttribute, alarm.Type), .. Watched(alarm)],
        };

    public static readonly ResourceKind<AlarmHistoryDocument> History =
        new("AlarmHistoryItem", new JsonDocumentSerializer<AlarmHistoryDocument>(AlarmJson.Default.AlarmHistoryDocument))
        {
            Attributes = static item =>
            [
                ResourceAttribute.Of(AlarmAttribute, item.AlarmName),
                ResourceAttribute.Of(TypeAttribute, item.AlarmType),
                ResourceAttribute.Of(ItemTypeAttribute, item.ItemType),
            ],
        };

    /// <summary>The attribute of composite alarms whose rule names an alarm.</summary>
    public static string Child(string alarm) => $"child:{alarm}";

    /// <summary>The attribute of alarms that act on a scaling policy.</summary>
    public static string Policy(string arn) => $"policy:{arn}";

    /// <summary>Whether an action is a policy of autoscaling.</summary>
    public static bool IsScalingPolicy(string action) => action.Split(':', 6) is ["arn", _, "autoscaling", ..];

    /// <summary>The attribute's text for a metric that alarms watch.</summary>
    public static string MetricText(MetricKey metric) => $"{metric.Namespace}\n{metric.Name}\n{metric.Dimensions.Text}";

    private static IEnumerable<ResourceAttribute> Watched(AlarmDocument alarm)
    {
        if (alarm.Metric is { MetricName: { } name, Namespace: { } space } metric)
        {
            yield return ResourceAttribute.Of(MetricAttribute, MetricText(MetricNames.Metric("", "", space, name, metric.Dimensions)));
        }

        foreach (var policy in alarm.ActionsFor(StateValue.Alarm).Where(IsScalingPolicy).Distinct())
        {
            yield return ResourceAttribute.Of(Policy(policy), 1);
        }

        foreach (var child in alarm.Composite is { } composite ? AlarmRule.Parse(composite.AlarmRule).Alarms() : [])
        {
            yield return ResourceAttribute.Of(Child(child), 1);
        }

        if (alarm.Composite?.ActionsSuppressor is { } suppressor)
        {
            yield return ResourceAttribute.Of(SuppressorAttribute, AlarmRule.NameOf(suppressor));
        }
    }
}

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(ShapeJsonConverter<PutMetricAlarmInput>), typeof(ShapeJsonConverter<PutCompositeAlarmInput>)])]
[JsonSerializable(typeof(AlarmDocument))]
[JsonSerializable(typeof(AlarmHistoryDocument))]
internal sealed partial class AlarmJson : JsonSerializerContext;
