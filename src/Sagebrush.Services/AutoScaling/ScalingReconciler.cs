using System.Globalization;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.AutoScaling;

/// <summary>
/// Looks at each scalable target every few seconds: carries out what its schedules and policies ask for, one change at a time, and
/// sees it through.
/// </summary>
internal sealed class ScalingReconciler(
    IResourceStore store,
    EndpointCapacity capacities,
    ScalingPolicies policies,
    ScheduledActions actions,
    ScalingActivities activities,
    IScalingMetrics metrics,
    TimeProvider time,
    IScalingAlarms? alarms = null) : IReconciler
{
    // What SageMaker's targets wait between two changes unless a policy says otherwise.
    private const int DefaultCooldown = 300;

    private static readonly TimeSpan Often = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    // A value may take a flush to arrive in the store.
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(5);

    private readonly ResourceSet<ScalableTargetDocument> _targets = store.For(AutoScalingKinds.Target);

    public string Kind => AutoScalingKinds.Target.Name;

    public async ValueTask<ReconcileOutcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (await _targets.FindAsync(key, cancellationToken) is not { Document: var target })
        {
            return ReconcileOutcome.Done;
        }

        var capacity = await capacities.FindAsync(key.Account, key.Region, target.Endpoint, target.Variant, cancellationToken);
        if (capacity is not { } now)
        {
            return ReconcileOutcome.Requeue(Often);
        }

        if (target.InProgress is { } scaling)
        {
            return ReconcileOutcome.Requeue(await FinishAsync(key, target, scaling, now, cancellationToken) ? TimeSpan.Zero : Soon);
        }

        var bounded = await ScheduleAsync(key, target, cancellationToken);
        if (now.IsSettled && await DecideAsync(key, bounded, Capacity(bounded, now), cancellationToken) is { } next)
        {
            await StoreAsync(key, bounded, next, Capacity(bounded, now), cancellationToken);
            return ReconcileOutcome.Requeue(TimeSpan.Zero);
        }

        return ReconcileOutcome.Requeue(Often);
    }

    private static int Capacity(ScalableTargetDocument target, VariantCapacity capacity) =>
        target.Dimension == ScalableResource.Instances ? capacity.Desired : capacity.Concurrency ?? 0;

    /// <summary>Asks hosting for a change that was decided on, then waits for it.</summary>
    /// <returns>Whether it is over.</returns>
    private async Task<bool> FinishAsync(
        ResourceKey key, ScalableTargetDocument target, ScalingInProgress scaling, VariantCapacity now, CancellationToken cancellationToken)
    {
        if (!scaling.Requested)
        {
            await activities.BeginAsync(key, target.Resource, scaling, cancellationToken);
            if (Capacity(target, now) != scaling.Desired
                && !await capacities.TrySetAsync(
                    key.Account, key.Region, target.Endpoint, target.Variant, target.Dimension == ScalableResource.Instances, scaling.Desired, cancellationToken))
            {
                // Somebody else's update came first; this one waits for it.
                return false;
            }

            await _targets.UpdateAsync(key, current => current with { InProgress = scaling with { Requested = true } }, cancellationToken);
            return false;
        }

        if (!now.IsSettled)
        {
            return false;
        }

        await activities.EndAsync(key, scaling, Capacity(target, now) == scaling.Desired ? null : now.FailureReason ?? "The endpoint was changed meanwhile.", cancellationToken);
        await _targets.UpdateAsync(key, current => current with { InProgress = null }, cancellationToken);
        return true;
    }

    /// <summary>Carries out the actions that are due.</summary>
    /// <returns>The target with the bounds they set.</returns>
    private async Task<ScalableTargetDocument> ScheduleAsync(ResourceKey key, ScalableTargetDocument target, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var all = await actions.AllAsync(key.Account, key.Region, target.Resource, cancellationToken);
        foreach (var action in all.Where(action => action.Document.Next <= now).OrderBy(action => action.Document.Next))
        {
            if (target.Suspended?.ScheduledScalingSuspended is not true)
            {
                var (min, max) = (action.Document.Min, action.Document.Max);
                var stored = await _targets.UpdateAsync(
                    key,
                    current => current with { Min = Math.Min(min ?? current.Min, max ?? int.MaxValue), Max = Math.Max(max ?? current.Max, min ?? 0) },
                    cancellationToken);
                target = stored?.Document ?? target;
            }

            await actions.DoneAsync(action, cancellationToken);
        }

        return target;
    }

    /// <summary>What is to be done now.</summary>
    /// <returns>The capacity and why; null when all is as it should be.</returns>
    private async Task<(int Desired, string Cause)?> DecideAsync(
        ResourceKey key, ScalableTargetDocument target, int capacity, CancellationToken cancellationToken)
    {
        if (capacity < target.Min)
        {
            return (target.Min, string.Create(CultureInfo.InvariantCulture, $"minimum capacity was set to {target.Min}"));
        }

        if (capacity > target.Max)
        {
            return (target.Max, string.Create(CultureInfo.InvariantCulture, $"maximum capacity was set to {target.Max}"));
        }

        var wishes = new List<(int Desired, string Cause)>();
        var stays = false;
        foreach (var policy in await policies.AllAsync(key.Account, key.Region, target.Resource, cancellationToken))
        {
            var (desired, cause) = await WishAsync(key, policy, capacity, cancellationToken);
            var bounded = Math.Clamp(desired, target.Min, target.Max);
            if (bounded == capacity || !IsAllowed(target, policy.Document, bounded > capacity))
            {
                // One policy that would stay, and may scale in, keeps the others from it.
                stays |= policy.Document.TargetTracking is { DisableScaleIn: not true };
                continue;
            }

            wishes.Add((bounded, cause));
        }

        // The largest wins: availability goes before cost.
        if (wishes.Count == 0 || (wishes.MaxBy(wish => wish.Desired) is var most && most.Desired < capacity && stays))
        {
            return null;
        }

        return most;
    }

    private async Task<(int Desired, string Cause)> WishAsync(
        ResourceKey key, Stored<ScalingPolicyDocument> policy, int capacity, CancellationToken cancellationToken)
    {
        if (policy.Document.TargetTracking is { } tracking)
        {
            var metric = TargetTracking.Metric(policy.Document.Resource, tracking);
            var values = await metrics.ReadAsync(key.Account, key.Region, metric, time.GetUtcNow() - Lag, TargetTracking.PeriodsIn, cancellationToken);

            // Before the policy was there nobody looked.
            var since = (int)Math.Min(TargetTracking.PeriodsIn, (time.GetUtcNow() - policy.Created) / metric.Period);
            var desired = TargetTracking.Desired(tracking, capacity, [.. values.TakeLast(since).Select(value => metric.MissingIsZero ? value ?? 0 : value)]);
            return (desired, TargetTracking.Cause(policy.Document, metric, desired > capacity));
        }

        var wish = (Desired: capacity, Cause: "");
        foreach (var alarm in alarms is null ? [] : await alarms.FiringAsync(key.Account, key.Region, policy.Arn, cancellationToken))
        {
            var desired = StepScaling.Desired(policy.Document.Steps!, capacity, alarm);
            if (desired != capacity && (wish.Desired == capacity || desired > wish.Desired))
            {
                wish = (desired, $"monitor alarm {alarm.Name} in state ALARM triggered policy {policy.Document.PolicyName}");
            }
        }

        return wish;
    }

    /// <summary>Whether neither a suspension nor a cooldown is in the way.</summary>
    private bool IsAllowed(ScalableTargetDocument target, ScalingPolicyDocument policy, bool isOut)
    {
        if ((isOut ? target.Suspended?.DynamicScalingOutSuspended : target.Suspended?.DynamicScalingInSuspended) is true)
        {
            return false;
        }

        var cooldown = policy.Steps is { } steps ? steps.Cooldown : isOut ? policy.TargetTracking!.ScaleOutCooldown : policy.TargetTracking!.ScaleInCooldown;
        var wait = TimeSpan.FromSeconds(cooldown ?? DefaultCooldown);

        // Scaling out interrupts the pause after scaling in, for availability's sake; scaling in waits for both.
        var last = isOut || target.LastScaleIn is null || target.LastScaleOut > target.LastScaleIn ? target.LastScaleOut : target.LastScaleIn;
        return last is null || time.GetUtcNow() - last >= wait;
    }

    private async Task StoreAsync(
        ResourceKey key, ScalableTargetDocument target, (int Desired, string Cause) next, int capacity, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var scaling = new ScalingInProgress { ActivityId = Guid.NewGuid().ToString(), Desired = next.Desired, Cause = next.Cause, Since = now };
        await _targets.UpdateAsync(
            key,
            current => current.InProgress is not null ? null : current with
            {
                InProgress = scaling,
                LastScaleOut = next.Desired > capacity ? now : current.LastScaleOut,
                LastScaleIn = next.Desired < capacity ? now : current.LastScaleIn,
            },
            cancellationToken);
    }
}
