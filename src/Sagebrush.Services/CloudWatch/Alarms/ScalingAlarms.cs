using System.Text.Json;
using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.AutoScaling;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>Alarms as autoscaling sees them: those that act on its policies, and those that show what its policies look for.</summary>
internal sealed class ScalingAlarms(IResourceStore store, TimeProvider time) : IScalingAlarms, IAlarmAction
{
    private const int PageSize = 1000;

    private readonly ResourceSet<AlarmDocument> _alarms = store.For(AlarmKinds.Alarm);

    public bool Handles(string arn) => AlarmKinds.IsScalingPolicy(arn);

    /// <summary>Nothing is to be started: a policy looks at the alarms that name it for as long as they last.</summary>
    public ValueTask<bool> StartAsync(string arn, AlarmNotice notice, CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public async ValueTask<IReadOnlyList<FiringAlarm>> FiringAsync(string account, string region, string policyArn, CancellationToken cancellationToken)
    {
        var firing = new List<FiringAlarm>();
        var query = new ResourceQuery
        {
            Account = account,
            Region = region,
            Kind = AlarmKinds.Alarm.Name,
            Status = StateValue.Alarm,
            Attributes = [AttributeFilter.Equal(AlarmKinds.Policy(policyArn), 1)],
            PageSize = PageSize,
        };
        do
        {
            var page = await _alarms.ListAsync(query, cancellationToken);
            firing.AddRange(
                from alarm in page.Items
                let document = alarm.Document
                where document.ActionsEnabled
                let threshold = document.Metric?.Threshold ?? 0
                select new FiringAlarm(alarm.Key.Name, threshold, LastValue(document.ReasonData) ?? threshold));
            query = query with { PageToken = page.NextToken };
        }
        while (query.PageToken is not null);
        return firing;
    }

    public async ValueTask<string?> PutAsync(string account, string region, TrackingAlarm alarm, CancellationToken cancellationToken)
    {
        var key = _alarms.Key(account, region, alarm.Name);
        var definition = Definition(alarm);
        var now = time.GetUtcNow();
        var (stored, _) = await _alarms.PutAsync(
            key,
            current => current with { Metric = definition, Composite = null, Configured = now },
            () => _alarms.TryAddAsync(
                key,
                $"arn:aws:cloudwatch:{region}:{account}:alarm:{alarm.Name}",
                new AlarmDocument { Metric = definition, ActionsEnabled = true, Configured = now, StateUpdated = now, StateChanged = now },
                [],
                cancellationToken),
            cancellationToken);
        return stored.Arn;
    }

    public async ValueTask DeleteAsync(string account, string region, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            await _alarms.DeleteAsync(_alarms.Key(account, region, name), cancellationToken: cancellationToken);
        }
    }

    private static PutMetricAlarmInput Definition(TrackingAlarm alarm) => new()
    {
        AlarmName = alarm.Name,
        AlarmDescription = alarm.Description,
        ActionsEnabled = true,
        AlarmActions = [alarm.PolicyArn],
        Namespace = alarm.Metric.Namespace,
        MetricName = alarm.Metric.Name,
        Dimensions = [.. alarm.Metric.Dimensions.Select(one => new Dimension { Name = one.Name, Value = one.Value })],
        Statistic = alarm.Metric.Statistic,
        Unit = alarm.Metric.Unit,
        Period = (int)alarm.Metric.Period.TotalSeconds,
        EvaluationPeriods = alarm.Periods,
        Threshold = alarm.Threshold,
        ComparisonOperator = alarm.IsHigh ? ComparisonOperator.GreaterThanThreshold : ComparisonOperator.LessThanThreshold,
    };

    /// <summary>The newest value an alarm was decided by; null when it was set by hand without saying one.</summary>
    private static double? LastValue(string? reasonData)
    {
        if (reasonData is null)
        {
            return null;
        }

        using var data = JsonDocument.Parse(reasonData);
        return data.RootElement.ValueKind == JsonValueKind.Object
            && data.RootElement.TryGetProperty("recentDatapoints", out var points)
            && points.ValueKind == JsonValueKind.Array
            && points.GetArrayLength() is > 0 and var count
            && points[count - 1].ValueKind == JsonValueKind.Number
                ? points[count - 1].GetDouble()
                : null;
    }
}
