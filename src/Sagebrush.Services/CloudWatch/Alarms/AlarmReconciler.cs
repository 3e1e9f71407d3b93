using System.Collections.Concurrent;
using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.CloudWatch.Metrics;
using Sagebrush.State.Metrics;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>Evaluates alarms as time passes, and starts the actions of state changes.</summary>
/// <remarks>
/// A state change is stored together with the actions that are still to be started; they are then started one change at a
/// time. Killed in between, the program starts them again: at least once, never lost.
/// </remarks>
internal sealed class AlarmReconciler(
    IResourceStore store, IMetricStore metrics, AlarmRegistry registry, AlarmActions actions, TimeProvider time, Func<ReconcilerHost> host)
    : IReconciler
{
    private const int Minute = 60;
    private const int HighResolutionTick = 10;

    private readonly ResourceSet<AlarmDocument> _alarms = store.For(AlarmKinds.Alarm);
    private readonly MetricAlarmEvaluator _evaluator = new(metrics);

    // Up to which tick of the clock, and in which definition, an alarm was evaluated: a state that was set by hand lasts until the next.
    private readonly ConcurrentDictionary<ResourceKey, (DateTimeOffset Configured, long Tick)> _evaluated = new();

    /// <inheritdoc/>
    public string Kind => AlarmKinds.Alarm.Name;

    /// <inheritdoc/>
    public async ValueTask<ReconcileOutcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (await _alarms.FindAsync(key, cancellationToken) is not { } stored)
        {
            _evaluated.TryRemove(key, out _);
            return ReconcileOutcome.Done;
        }

        if (stored.Document.Pending is [var transition, ..])
        {
            var wait = await actions.StartAsync(stored, transition, cancellationToken);
            foreach (var watcher in await registry.FindWatchersAsync(key, cancellationToken))
            {
                host().Wake(watcher.Key);
            }

            return ReconcileOutcome.Requeue(wait ?? TimeSpan.Zero);
        }

        return stored.Document.Metric is { } metric
            ? await EvaluateAsync(stored, metric, cancellationToken)
            : await EvaluateAsync(stored, stored.Document.Composite!, cancellationToken);
    }

    private async ValueTask<ReconcileOutcome> EvaluateAsync(
        Stored<AlarmDocument> stored, PutMetricAlarmInput metric, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var length = MetricAlarmEvaluator.PeriodOf(metric) < Minute ? HighResolutionTick : Minute;
        var tick = MetricPeriod.Floor(now.ToUnixTimeSeconds() - MetricAlarmEvaluator.Settling, length);
        var due = (stored.Document.Configured, tick);
        if (!_evaluated.TryGetValue(stored.Key, out var last) || last != due)
        {
            var next = await _evaluator.EvaluateAsync(stored.Key, metric, stored.Document.State, now, cancellationToken);
            if (next is { } change)
            {
                await ChangeAsync(stored, change.State, change.Reason, change.Data, cancellationToken);
            }
            else if (last != default)
            {
                await actions.RepeatAsync(stored, cancellationToken);
            }

            _evaluated[stored.Key] = due;
        }

        return ReconcileOutcome.Requeue(
            DateTimeOffset.FromUnixTimeSeconds(tick + length + MetricAlarmEvaluator.Settling) - now + TimeSpan.FromMilliseconds(100));
    }

    private async ValueTask<ReconcileOutcome> EvaluateAsync(
        Stored<AlarmDocument> stored, PutCompositeAlarmInput composite, CancellationToken cancellationToken)
    {
        var rule = AlarmRule.Parse(composite.AlarmRule);
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in rule.Alarms())
        {
            if (await registry.FindAsync(stored.Key.Account, stored.Key.Region, name, cancellationToken) is { } child)
            {
                states[name] = child.Value;
            }
        }

        var next = rule.Holds(states) ? StateValue.Alarm : StateValue.Ok;
        if (next != stored.Document.State)
        {
            var children = string.Join(", ", states.Select(child => $"{child.Key} is {child.Value}"));
            await ChangeAsync(stored, next, $"The rule {composite.AlarmRule} {(next == StateValue.Alarm ? "holds" : "does not hold")}: {children}.", null, cancellationToken);
        }

        // Changes of its children wake it; this is for what was missed.
        return ReconcileOutcome.Requeue(TimeSpan.FromSeconds(Minute));
    }

    private ValueTask<Stored<AlarmDocument>?> ChangeAsync(
        Stored<AlarmDocument> stored, string state, string reason, string? data, CancellationToken cancellationToken) =>
        _alarms.UpdateAsync(
            stored.Key,
            alarm => alarm.Configured == stored.Document.Configured && alarm.StateUpdated == stored.Document.StateUpdated
                ? alarm.In(state, reason, data, time.GetUtcNow())
                : null,
            cancellationToken);
}
