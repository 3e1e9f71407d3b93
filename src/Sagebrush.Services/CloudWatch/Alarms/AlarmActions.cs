using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sagebrush.Contracts.CloudWatch;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>Starts what alarms are to start, unless it is held back, and keeps their history.</summary>
internal sealed partial class AlarmActions(
    IResourceStore store, AlarmRegistry registry, AlarmHistory history, IEnumerable<IAlarmAction> kinds, TimeProvider time, ILogger<AlarmActions> logger)
{
    private static readonly TimeSpan HeldBackLook = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenRepeats = TimeSpan.FromSeconds(55);

    private readonly ResourceSet<AlarmDocument> _alarms = store.For(AlarmKinds.Alarm);
    private readonly ConcurrentDictionary<ResourceKey, DateTimeOffset> _repeated = new();
    private readonly IAlarmAction[] _kinds = [.. kinds];

    /// <summary>Whether an ARN is of a kind that can be started.</summary>
    public bool Knows(string arn) => Array.Exists(_kinds, kind => kind.Handles(arn));

    /// <summary>Starts the actions of a state change and notes it as done.</summary>
    /// <returns>When to come again, because they are held back; null when they were started.</returns>
    public async ValueTask<TimeSpan?> StartAsync(Stored<AlarmDocument> stored, AlarmTransition transition, CancellationToken cancellationToken)
    {
        await NoteAsync(stored, transition, cancellationToken);
        if (stored.Document.ActionsEnabled && stored.Document.ActionsFor(transition.To).Count > 0)
        {
            if (await HeldBackByAsync(stored, transition, cancellationToken) is { } why)
            {
                await _alarms.UpdateAsync(stored.Key, alarm => alarm.SuppressedBy == why ? null : alarm with { SuppressedBy = why }, cancellationToken);
                return HeldBackLook;
            }

            foreach (var arn in stored.Document.ActionsFor(transition.To))
            {
                await StartAsync(arn, stored, transition, cancellationToken);
            }
        }

        _repeated[stored.Key] = time.GetUtcNow();
        await _alarms.UpdateAsync(
            stored.Key,
            alarm => alarm.Pending is [var first, ..] && first == transition ? alarm with { Pending = [.. alarm.Pending.Skip(1)], SuppressedBy = null } : null,
            cancellationToken);
        return null;
    }

    /// <summary>Starts those actions of the present state again that are started over and over.</summary>
    public async ValueTask RepeatAsync(Stored<AlarmDocument> stored, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var alarm = stored.Document;
        if (!alarm.ActionsEnabled || (_repeated.TryGetValue(stored.Key, out var last) && now - last < BetweenRepeats))
        {
            return;
        }

        _repeated[stored.Key] = now;
        foreach (var arn in alarm.ActionsFor(alarm.State).Where(arn => Array.Exists(_kinds, kind => kind.Repeats && kind.Handles(arn))))
        {
            await StartAsync(arn, stored, new AlarmTransition(alarm.State, alarm.State, alarm.Reason, alarm.ReasonData, now), cancellationToken);
        }
    }

    /// <summary>Why a composite alarm's actions must wait for its suppressor, one of <see cref="ActionsSuppressedBy"/>; null when they need not.</summary>
    private async ValueTask<string?> HeldBackByAsync(Stored<AlarmDocument> stored, AlarmTransition transition, CancellationToken cancellationToken)
    {
        if (stored.Document.Composite is not { ActionsSuppressor: { } suppressor } composite
            || await registry.FindAsync(stored.Key.Account, stored.Key.Region, AlarmRule.NameOf(suppressor), cancellationToken) is not { } state)
        {
            return null;
        }

        var now = time.GetUtcNow();
        if (state.IsAlarm)
        {
            return ActionsSuppressedBy.Alarm;
        }

        // It ended only now, with the actions already waiting for it: they wait on for the extension.
        if (state.Since > transition.Time && now < state.Since.AddSeconds(composite.ActionsSuppressorExtensionPeriod ?? 0))
        {
            return ActionsSuppressedBy.ExtensionPeriod;
        }

        return state.Since <= transition.Time && now < transition.Time.AddSeconds(composite.ActionsSuppressorWaitPeriod ?? 0)
            ? ActionsSuppressedBy.WaitPeriod
            : null;
    }

    private async ValueTask StartAsync(string arn, Stored<AlarmDocument> stored, AlarmTransition transition, CancellationToken cancellationToken)
    {
        string summary;
        try
        {
            var started = Array.Find(_kinds, kind => kind.Handles(arn)) is { } kind
                && await kind.StartAsync(arn, new AlarmNotice(stored.Key, stored.Arn, stored.Document, transition), cancellationToken);
            summary = started ? $"Successfully executed action {arn}" : $"Failed to execute action {arn}: there is no such resource";
        }
#pragma warning disable CA1031 // One action that fails must not keep the others back; the history says what happened.
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailure(exception, stored.Arn, arn);
            summary = $"Failed to execute action {arn}: {exception.Message}";
        }

        var data = AlarmHistoryData.OfAction(arn, transition, !summary.StartsWith("Failed", StringComparison.Ordinal));
        await history.AddAsync(stored.Key, stored.Document.Type, HistoryItemType.Action, transition.Time, summary, data, cancellationToken);
    }

    private ValueTask NoteAsync(Stored<AlarmDocument> stored, AlarmTransition transition, CancellationToken cancellationToken) => history.AddAsync(
        stored.Key,
        stored.Document.Type,
        HistoryItemType.StateUpdate,
        transition.Time,
        $"Alarm updated from {transition.From} to {transition.To}",
        AlarmHistoryData.OfTransition(transition),
        cancellationToken);

    [LoggerMessage(EventId = 3220, Level = LogLevel.Warning, Message = "An action of alarm {Alarm} failed: {Action}")]
    private partial void LogFailure(Exception exception, string alarm, string action);
}
