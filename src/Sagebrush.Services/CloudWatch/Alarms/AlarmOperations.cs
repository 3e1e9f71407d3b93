using Sagebrush.Contracts.CloudWatch;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>Alarms set to a state by hand, their actions switched, and alarms deleted.</summary>
internal sealed class AlarmOperations(IResourceStore store, AlarmHistory history, TimeProvider time)
{
    private const int MostNames = 100;

    private readonly ResourceSet<AlarmDocument> _alarms = store.For(AlarmKinds.Alarm);

    public void Map(ApiMap api)
    {
        api.Map(CloudWatchApi.SetAlarmState, SetStateAsync);
        api.Map(CloudWatchApi.EnableAlarmActions, (request, context, cancellationToken) =>
            SwitchAsync(request.AlarmNames, enabled: true, context, cancellationToken));
        api.Map(CloudWatchApi.DisableAlarmActions, (request, context, cancellationToken) =>
            SwitchAsync(request.AlarmNames, enabled: false, context, cancellationToken));
        api.Map(CloudWatchApi.DeleteAlarms, DeleteAsync);
    }

    public async ValueTask<EmptyShape> SetStateAsync(SetAlarmStateInput request, CallContext context, CancellationToken cancellationToken)
    {
        if (request.StateReasonData is { } data && !IsJson(data))
        {
            throw CloudWatchErrors.InvalidFormatFault("StateReasonData must be JSON.");
        }

        return await _alarms.UpdateAsync(
            context.AccountId,
            context.Region,
            request.AlarmName,
            alarm => alarm.In(request.StateValue, request.StateReason, request.StateReasonData, time.GetUtcNow()),
            cancellationToken) is null
            ? throw CloudWatchErrors.ResourceNotFound($"There is no alarm named {request.AlarmName}.")
            : EmptyShape.Instance;
    }

    public async ValueTask<EmptyShape> SwitchAsync(List<string> names, bool enabled, CallContext context, CancellationToken cancellationToken)
    {
        CheckNames(names);
        foreach (var name in names)
        {
            // Names of no alarm are passed over, as by AWS.
            await _alarms.UpdateAsync(
                context.AccountId, context.Region, name, alarm => alarm.ActionsEnabled == enabled ? null : alarm with { ActionsEnabled = enabled }, cancellationToken);
        }

        return EmptyShape.Instance;
    }

    public async ValueTask<EmptyShape> DeleteAsync(DeleteAlarmsInput request, CallContext context, CancellationToken cancellationToken)
    {
        CheckNames(request.AlarmNames);
        var found = new List<Stored<AlarmDocument>>();
        foreach (var name in request.AlarmNames.Distinct(StringComparer.Ordinal))
        {
            found.Add(await _alarms.FindAsync(context.AccountId, context.Region, name, cancellationToken)
                ?? throw CloudWatchErrors.ResourceNotFound($"There is no alarm named {name}; no alarm was deleted."));
        }

        foreach (var alarm in found)
        {
            if (await _alarms.DeleteAsync(alarm.Key, cancellationToken: cancellationToken))
            {
                await history.AddAsync(
                    alarm.Key,
                    alarm.Document.Type,
                    HistoryItemType.ConfigurationUpdate,
                    time.GetUtcNow(),
                    $"Alarm \"{alarm.Key.Name}\" deleted",
                    AlarmHistoryData.OfDefinition("Delete", null),
                    cancellationToken);
            }
        }

        return EmptyShape.Instance;
    }

    private static void CheckNames(List<string> names)
    {
        if (names.Count > MostNames)
        {
            throw AlarmRules.Refuse($"The collection AlarmNames must not have a size greater than {MostNames}.");
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var parsed = System.Text.Json.JsonDocument.Parse(text);
            return true;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }
}
