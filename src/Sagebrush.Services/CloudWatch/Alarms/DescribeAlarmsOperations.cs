using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.CloudWatch.Metrics;
using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>Alarms as they are now, found by name, state, action, family or metric; and what happened to them.</summary>
internal sealed class DescribeAlarmsOperations(IResourceStore store, AlarmRegistry registry, AlarmHistory history)
{
    private const int DefaultPageSize = 50;
    private const int MostForMetric = 1000;

    private readonly ResourceSet<AlarmDocument> _alarms = store.For(AlarmKinds.Alarm);

    public void Map(ApiMap api)
    {
        api.Map(CloudWatchApi.DescribeAlarms, DescribeAsync);
        api.Map(CloudWatchApi.DescribeAlarmsForMetric, DescribeForMetricAsync);
        api.Map(CloudWatchApi.DescribeAlarmHistory, DescribeHistoryAsync);
    }

    public async ValueTask<DescribeAlarmsOutput> DescribeAsync(DescribeAlarmsInput request, CallContext context, CancellationToken cancellationToken)
    {
        if (request is { AlarmNames.Count: > 0, AlarmNamePrefix: not null })
        {
            throw AlarmRules.Refuse("The parameters AlarmNames and AlarmNamePrefix are mutually exclusive and you have specified both.");
        }

        if (request.ChildrenOfAlarmName is not null || request.ParentsOfAlarmName is not null)
        {
            return await DescribeFamilyAsync(request, context, cancellationToken);
        }

        var types = request.AlarmTypes ?? [AlarmType.MetricAlarm];
        if (request.AlarmNames is { Count: > 0 } names)
        {
            var found = new List<Stored<AlarmDocument>>();
            foreach (var name in names.Distinct(StringComparer.Ordinal))
            {
                if (await _alarms.FindAsync(context.AccountId, context.Region, name, cancellationToken) is { } alarm && Passes(alarm))
                {
                    found.Add(alarm);
                }
            }

            return Answer(found, null);
        }

        return await PageAsync();

        bool Passes(Stored<AlarmDocument> alarm) =>
            types.Contains(alarm.Document.Type)
            && (request.StateValue is null || alarm.Document.State == request.StateValue)
            && alarm.Key.Name.StartsWith(request.AlarmNamePrefix ?? "", StringComparison.Ordinal)
            && (request.ActionPrefix is not { } prefix || Actions(alarm.Document).Any(arn => arn.StartsWith(prefix, StringComparison.Ordinal)));

        async ValueTask<DescribeAlarmsOutput> PageAsync()
        {
            // The store's conditions are coarser: pages are read on until one is full.
            var size = request.MaxRecords ?? DefaultPageSize;
            var found = new List<Stored<AlarmDocument>>();
            var query = new ResourceQuery
            {
                Account = context.AccountId,
                Region = context.Region,
                Kind = AlarmKinds.Alarm.Name,
                NameContains = request.AlarmNamePrefix,
                Status = request.StateValue,
                Attributes = types is [var only] ? [AttributeFilter.Equal(AlarmKinds.TypeAttribute, only)] : [],
                SortBy = ResourceSort.Name,
                PageToken = request.NextToken,
            };
            try
            {
                do
                {
                    var page = await _alarms.ListAsync(query with { PageSize = size - found.Count }, cancellationToken);
                    found.AddRange(page.Items.Where(Passes));
                    query = query with { PageToken = page.NextToken };
                }
                while (query.PageToken is not null && found.Count < size);
            }
            catch (InvalidPageTokenException)
            {
                throw BadToken();
            }

            return Answer(found, query.PageToken);
        }
    }

    public async ValueTask<DescribeAlarmsForMetricOutput> DescribeForMetricAsync(
        DescribeAlarmsForMetricInput request, CallContext context, CancellationToken cancellationToken)
    {
        var metric = context.Metric(request.Namespace, request.MetricName, request.Dimensions);
        var page = await _alarms.ListAsync(
            new ResourceQuery
            {
                Account = context.AccountId,
                Region = context.Region,
                Kind = AlarmKinds.Alarm.Name,
                Attributes = [AttributeFilter.Equal(AlarmKinds.MetricAttribute, AlarmKinds.MetricText(metric))],
                SortBy = ResourceSort.Name,
                PageSize = MostForMetric,
            },
            cancellationToken);
        return new DescribeAlarmsForMetricOutput
        {
            MetricAlarms =
            [
                .. page.Items.Where(item => item.Document.Metric is { } alarm
                    && (request.Statistic is null || alarm.Statistic == request.Statistic)
                    && (request.ExtendedStatistic is null || alarm.ExtendedStatistic == request.ExtendedStatistic)
                    && (request.Period is null || alarm.Period == request.Period)
                    && (request.Unit is null || alarm.Unit == request.Unit)).Select(AlarmDescriptions.Metric),
            ],
        };
    }

    public async ValueTask<DescribeAlarmHistoryOutput> DescribeHistoryAsync(
        DescribeAlarmHistoryInput request, CallContext context, CancellationToken cancellationToken)
    {
        var filters = new List<AttributeFilter>();
        Add(AlarmKinds.AlarmAttribute, request.AlarmName);
        Add(AlarmKinds.ItemTypeAttribute, request.HistoryItemType);
        Add(AlarmKinds.TypeAttribute, request.AlarmTypes is { Count: > 1 } ? null : request.AlarmTypes is [var only] ? only : AlarmType.MetricAlarm);
        try
        {
            var page = await history.ListAsync(
                new ResourceQuery
                {
                    Account = context.AccountId,
                    Region = context.Region,
                    Kind = AlarmKinds.History.Name,
                    Attributes = filters,
                    CreatedAfter = request.StartDate,
                    CreatedBefore = request.EndDate,
                    Descending = request.ScanBy != ScanBy.TimestampAscending,
                    PageSize = request.MaxRecords ?? DefaultPageSize,
                    PageToken = request.NextToken,
                },
                cancellationToken);
            return new DescribeAlarmHistoryOutput { AlarmHistoryItems = [.. page.Items.Select(item => AlarmDescriptions.History(item.Document))], NextToken = page.NextToken };
        }
        catch (InvalidPageTokenException)
        {
            throw BadToken();
        }

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                filters.Add(AttributeFilter.Equal(name, value));
            }
        }
    }

    private static IEnumerable<string> Actions(AlarmDocument alarm) =>
        ((string[])[StateValue.Alarm, StateValue.Ok, StateValue.InsufficientData]).SelectMany(alarm.ActionsFor);

    private static DescribeAlarmsOutput Answer(IReadOnlyCollection<Stored<AlarmDocument>> alarms, string? nextToken) => new()
    {
        MetricAlarms = [.. alarms.Where(alarm => alarm.Document.Metric is not null).Select(AlarmDescriptions.Metric)],
        CompositeAlarms = [.. alarms.Where(alarm => alarm.Document.Composite is not null).Select(AlarmDescriptions.Composite)],
        NextToken = nextToken,
    };

    private async ValueTask<DescribeAlarmsOutput> DescribeFamilyAsync(DescribeAlarmsInput request, CallContext context, CancellationToken cancellationToken)
    {
        if (request is { ChildrenOfAlarmName: not null, ParentsOfAlarmName: not null })
        {
            throw AlarmRules.Refuse("The parameters ChildrenOfAlarmName and ParentsOfAlarmName are mutually exclusive and you have specified both.");
        }

        if (request.ParentsOfAlarmName is { } child)
        {
            return Answer(await registry.FindWatchersAsync(_alarms.Key(context.AccountId, context.Region, child), cancellationToken), null);
        }

        var found = new List<Stored<AlarmDocument>>();
        var parent = await _alarms.FindAsync(context.AccountId, context.Region, request.ChildrenOfAlarmName!, cancellationToken);
        foreach (var name in parent?.Document.Composite is { } composite ? AlarmRule.Parse(composite.AlarmRule).Alarms() : [])
        {
            if (await _alarms.FindAsync(context.AccountId, context.Region, name, cancellationToken) is { } alarm)
            {
                found.Add(alarm);
            }
        }

        return Answer(found, null);
    }

    private static ServiceException BadToken() => CloudWatchErrors.InvalidNextToken("The parameter NextToken is not one that was returned for this request.");
}
