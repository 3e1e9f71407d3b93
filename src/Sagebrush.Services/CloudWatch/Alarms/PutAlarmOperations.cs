using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.Tagging;
using Sagebrush.State.Metrics;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>Makes alarms, or gives them another definition; their state stays until the next evaluation.</summary>
internal sealed class PutAlarmOperations(IResourceStore store, IMetricStore metrics, AlarmHistory history, TimeProvider time)
{
    private readonly ResourceSet<AlarmDocument> _alarms = store.For(AlarmKinds.Alarm);

    public void Map(ApiMap api)
    {
        api.Map(CloudWatchApi.PutMetricAlarm, PutMetricAlarmAsync);
        api.Map(CloudWatchApi.PutCompositeAlarm, PutCompositeAlarmAsync);
    }

    public ValueTask<EmptyShape> PutMetricAlarmAsync(PutMetricAlarmInput request, CallContext context, CancellationToken cancellationToken)
    {
        AlarmRules.Check(request, context, metrics);
        AlarmRules.CheckActions(request.AlarmActions, request.OKActions, request.InsufficientDataActions);
        var tags = Tags(request.Tags);
        request.Tags = null;
        var now = time.GetUtcNow();
        return PutAsync(
            request.AlarmName,
            new AlarmDocument { Metric = request, ActionsEnabled = request.ActionsEnabled ?? true, Configured = now, StateUpdated = now, StateChanged = now },
            request,
            tags,
            context,
            cancellationToken);
    }

    public async ValueTask<EmptyShape> PutCompositeAlarmAsync(
        PutCompositeAlarmInput request, CallContext context, CancellationToken cancellationToken)
    {
        AlarmRules.Check(request);
        AlarmRules.CheckActions(request.AlarmActions, request.OKActions, request.InsufficientDataActions);
        await CheckChildrenAsync(request, context, cancellationToken);
        var tags = Tags(request.Tags);
        request.Tags = null;
        var now = time.GetUtcNow();
        return await PutAsync(
            request.AlarmName,
            new AlarmDocument { Composite = request, ActionsEnabled = request.ActionsEnabled ?? true, Configured = now, StateUpdated = now, StateChanged = now },
            request,
            tags,
            context,
            cancellationToken);
    }

    private static List<ResourceTag> Tags(List<Tag>? tags)
    {
        var read = (tags ?? []).ConvertAll(tag => new ResourceTag(tag.Key, tag.Value));
        return read.Count <= TaggingCapability.MaxTags && read.DistinctBy(tag => tag.Key).Count() == read.Count
            ? read
            : throw CloudWatchErrors.InvalidParameterValueException($"An alarm has at most {TaggingCapability.MaxTags} tags, each key once.");
    }

    private async ValueTask<EmptyShape> PutAsync(
        string name, AlarmDocument document, IShape definition, List<ResourceTag> tags, CallContext context, CancellationToken cancellationToken)
    {
        var key = _alarms.Key(context.AccountId, context.Region, name);
        var (_, isNew) = await _alarms.PutAsync(
            key,
            alarm => alarm.Type != document.Type
                ? throw AlarmRules.Refuse($"There is an alarm {name} of another type already.")
                : alarm with { Metric = document.Metric, Composite = document.Composite, ActionsEnabled = document.ActionsEnabled, Configured = document.Configured },
            () => _alarms.TryAddAsync(key, context.Arn("cloudwatch", $"alarm:{name}"), document, tags, cancellationToken),
            cancellationToken);
        await history.AddAsync(
            key,
            document.Type,
            HistoryItemType.ConfigurationUpdate,
            document.Configured,
            $"Alarm \"{name}\" {(isNew ? "created" : "updated")}",
            AlarmHistoryData.OfDefinition(isNew ? "Create" : "Update", definition),
            cancellationToken);
        return EmptyShape.Instance;
    }

    /// <summary>Refuses a rule about alarms that do not exist, or that look at this one again.</summary>
    private async ValueTask CheckChildrenAsync(PutCompositeAlarmInput request, CallContext context, CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<string>(AlarmRule.Parse(request.AlarmRule).Alarms());
        var direct = waiting.Count;
        if (request.ActionsSuppressor is { } suppressor)
        {
            waiting.Enqueue(AlarmRule.NameOf(suppressor));
            direct++;
        }

        for (var i = 0; waiting.TryDequeue(out var name); i++)
        {
            if (name == request.AlarmName)
            {
                throw AlarmRules.Refuse("AlarmRule must not lead back to the alarm itself through other alarms.");
            }

            if (!seen.Add(name))
            {
                continue;
            }

            var child = await _alarms.FindAsync(context.AccountId, context.Region, name, cancellationToken);
            if (child is null && i < direct)
            {
                missing.Add(name);
            }

            foreach (var next in child?.Document.Composite is { } composite ? AlarmRule.Parse(composite.AlarmRule).Alarms() : [])
            {
                waiting.Enqueue(next);
            }
        }

        if (missing.Count > 0)
        {
            throw AlarmRules.Refuse($"Could not save the composite alarm as alarms [{string.Join(", ", missing)}] in the alarm rule do not exist.");
        }
    }
}
