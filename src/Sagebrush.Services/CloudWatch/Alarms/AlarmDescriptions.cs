using Sagebrush.Contracts.CloudWatch;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>Alarms and their history as answers have them.</summary>
internal static class AlarmDescriptions
{
    public static MetricAlarm Metric(Stored<AlarmDocument> stored)
    {
        var (alarm, definition) = (stored.Document, stored.Document.Metric!);
        return new MetricAlarm
        {
            AlarmName = stored.Key.Name,
            AlarmArn = stored.Arn,
            AlarmDescription = definition.AlarmDescription,
            AlarmConfigurationUpdatedTimestamp = alarm.Configured,
            ActionsEnabled = alarm.ActionsEnabled,
            OKActions = definition.OKActions ?? [],
            AlarmActions = definition.AlarmActions ?? [],
            InsufficientDataActions = definition.InsufficientDataActions ?? [],
            StateValue = alarm.State,
            StateReason = alarm.Reason,
            StateReasonData = alarm.ReasonData,
            StateUpdatedTimestamp = alarm.StateUpdated,
            StateTransitionedTimestamp = alarm.StateChanged,
            MetricName = definition.MetricName,
            Namespace = definition.Namespace,
            Statistic = definition.Statistic,
            ExtendedStatistic = definition.ExtendedStatistic,
            Dimensions = definition.Dimensions ?? [],
            Period = definition.Period,
            Unit = definition.Unit,
            EvaluationPeriods = definition.EvaluationPeriods,
            DatapointsToAlarm = definition.DatapointsToAlarm,
            Threshold = definition.Threshold,
            ComparisonOperator = definition.ComparisonOperator,
            TreatMissingData = definition.TreatMissingData,
            EvaluateLowSampleCountPercentile = definition.EvaluateLowSampleCountPercentile,
            Metrics = definition.Metrics,
        };
    }

    public static CompositeAlarm Composite(Stored<AlarmDocument> stored)
    {
        var (alarm, definition) = (stored.Document, stored.Document.Composite!);
        return new CompositeAlarm
        {
            AlarmName = stored.Key.Name,
            AlarmArn = stored.Arn,
            AlarmDescription = definition.AlarmDescription,
            AlarmConfigurationUpdatedTimestamp = alarm.Configured,
            AlarmRule = definition.AlarmRule,
            ActionsEnabled = alarm.ActionsEnabled,
            OKActions = definition.OKActions ?? [],
            AlarmActions = definition.AlarmActions ?? [],
            InsufficientDataActions = definition.InsufficientDataActions ?? [],
            StateValue = alarm.State,
            StateReason = alarm.Reason,
            StateReasonData = alarm.ReasonData,
            StateUpdatedTimestamp = alarm.StateUpdated,
            StateTransitionedTimestamp = alarm.StateChanged,
            ActionsSuppressor = definition.ActionsSuppressor,
            ActionsSuppressorWaitPeriod = definition.ActionsSuppressorWaitPeriod,
            ActionsSuppressorExtensionPeriod = definition.ActionsSuppressorExtensionPeriod,
            ActionsSuppressedBy = alarm.SuppressedBy,
            ActionsSuppressedReason = alarm.SuppressedBy is { } by ? $"Actions are suppressed by {by}" : null,
        };
    }

    public static AlarmHistoryItem History(AlarmHistoryDocument item) => new()
    {
        AlarmName = item.AlarmName,
        AlarmType = item.AlarmType,
        Timestamp = item.Time,
        HistoryItemType = item.ItemType,
        HistorySummary = item.Summary,
        HistoryData = item.Data,
    };
}
