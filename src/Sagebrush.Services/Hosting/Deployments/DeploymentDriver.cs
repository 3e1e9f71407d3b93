using System.Globalization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Fleets;
using Sagebrush.Serving;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Deployments;

/// <summary>Takes one step of an endpoint's update; every step is stored before the next is begun.</summary>
internal sealed class DeploymentDriver(EndpointFleets fleets, IAlarmStates alarms, HostingOptions options, TimeProvider time)
{
    private const string Alarmed = "ALARM";

    /// <summary>Does what is due now.</summary>
    /// <returns>The endpoint as it is to be stored, null when nothing changed; and when to look again.</returns>
    public async Task<(EndpointDocument? Endpoint, TimeSpan Again)> StepAsync(ResourceKey key, EndpointDocument endpoint, CancellationToken cancellationToken)
    {
        var deployment = endpoint.Deployment!;
        var steps = DeploymentSchedule.Of(endpoint);
        var step = steps[deployment.Step];
        if (await BringAboutAsync(key, endpoint, step, cancellationToken) is { } failure)
        {
            // A way back that needs both fleets for a while, after a restart for one, goes on with the old one alone.
            return (
                deployment.RollbackReason is not null && deployment.Step < steps.Count - 1
                    ? endpoint with { Deployment = deployment with { Step = steps.Count - 1, Applied = null } }
                    : Fail(key, endpoint, failure),
                TimeSpan.Zero);
        }

        if (deployment.Applied is not { } applied)
        {
            return (deployment.Step == steps.Count - 1 ? End(endpoint) : endpoint with { Deployment = deployment with { Applied = time.GetUtcNow() } }, TimeSpan.Zero);
        }

        var reason = Overdue(deployment) ?? await AlarmAsync(key, endpoint, step, cancellationToken);
        if (reason is not null)
        {
            return (Fail(key, endpoint, reason), TimeSpan.Zero);
        }

        var left = applied + step.Wait - time.GetUtcNow();
        return left <= TimeSpan.Zero ? (endpoint with { Deployment = deployment.Next() }, TimeSpan.Zero) : (null, Sooner(left, deployment));
    }

    /// <summary>Makes the traffic what the step says, unless it is.</summary>
    /// <returns>Why that cannot be; null when it is.</returns>
    private async Task<string?> BringAboutAsync(ResourceKey key, EndpointDocument endpoint, DeploymentStep step, CancellationToken cancellationToken)
    {
        var deployment = endpoint.Deployment!;
        using var overdue = Patience(deployment);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(overdue.Token, cancellationToken);
        try
        {
            if (!fleets.IsHosted(key) && deployment.RollbackReason is null)
            {
                // After a restart the old fleet goes on serving while the new one is made ready.
                await TryResumeAsync(
                    key,
                    deployment is { Step: 0, Applied: null } ? endpoint.Fleet : step.Traffic.FirstOrDefault(share => share.Plan.Id == endpoint.Fleet.Id).Plan,
                    either.Token);
            }

            if (!fleets.IsApplied(key, step.Traffic))
            {
                await fleets.ApplyAsync(key, step.Traffic, either.Token);
            }

            return null;
        }
        catch (ModelLoadException error)
        {
            return error.Message;
        }
        catch (OperationCanceledException) when (overdue.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Overdue(deployment) ?? "The deployment took too long.";
        }
    }

    private async Task TryResumeAsync(ResourceKey key, FleetPlan? old, CancellationToken cancellationToken)
    {
        if (old is null)
        {
            return;
        }

        try
        {
            await fleets.ApplyAsync(key, [new FleetShare(old, 1)], cancellationToken);
        }
        catch (ModelLoadException)
        {
            // The new fleet may do better; if not, its failure is told.
        }
    }

    /// <summary>Turns back; where that was the way back already, the endpoint stays with what it has.</summary>
    private EndpointDocument Fail(ResourceKey key, EndpointDocument endpoint, string reason)
    {
        var deployment = endpoint.Deployment!;
        if (deployment.RollbackReason is null)
        {
            return endpoint with { Status = EndpointStatus.RollingBack, Deployment = deployment.Turn(reason) };
        }

        return endpoint with
        {
            Status = fleets.IsHosted(key) ? EndpointStatus.UpdateRollbackFailed : EndpointStatus.Failed,
            FailureReason = $"{deployment.RollbackReason} The rollback failed too: {reason}",
            Pending = null,
            Deployment = null,
        };
    }

    private static EndpointDocument End(EndpointDocument endpoint)
    {
        var reason = endpoint.Deployment!.RollbackReason;
        return endpoint with
        {
            Status = EndpointStatus.InService,
            Fleet = reason is null ? endpoint.Pending! : endpoint.Fleet,
            FailureReason = reason,
            Pending = null,
            Deployment = null,
        };
    }

    private string? Overdue(Deployment deployment) =>
        deployment.RollbackReason is null && Limit(deployment) is { } limit && time.GetUtcNow() >= deployment.Started + limit
            ? string.Create(CultureInfo.InvariantCulture, $"The deployment did not end within MaximumExecutionTimeoutInSeconds ({limit.TotalSeconds:0} seconds).")
            : null;

    private async ValueTask<string?> AlarmAsync(ResourceKey key, EndpointDocument endpoint, DeploymentStep step, CancellationToken cancellationToken)
    {
        // A fleet that takes no traffic yet cannot be blamed, and there is no way back from the way back.
        var deployment = endpoint.Deployment!;
        if (deployment.RollbackReason is not null || !step.Traffic.Any(share => share.Plan.Id == endpoint.Pending!.Id && share.Share > 0))
        {
            return null;
        }

        foreach (var alarm in deployment.Config?.AutoRollbackConfiguration?.Alarms ?? [])
        {
            if (await alarms.FindAsync(key.Account, key.Region, alarm.AlarmName!, cancellationToken) == Alarmed)
            {
                return $"The CloudWatch alarm \"{alarm.AlarmName}\" went into the state ALARM during the deployment.";
            }
        }

        return null;
    }

    private TimeSpan Sooner(TimeSpan left, Deployment deployment)
    {
        if (deployment.Config?.AutoRollbackConfiguration?.Alarms is { Count: > 0 } && options.AlarmInterval < left)
        {
            left = options.AlarmInterval;
        }

        return Limit(deployment) is { } limit && deployment.Started + limit - time.GetUtcNow() is var overdue && overdue < left ? overdue : left;
    }

    private CancellationTokenSource Patience(Deployment deployment)
    {
        if (deployment.RollbackReason is not null || Limit(deployment) is not { } limit)
        {
            return new CancellationTokenSource();
        }

        var left = deployment.Started + limit - time.GetUtcNow();
        return new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
    }

    private static TimeSpan? Limit(Deployment deployment) =>
        (deployment.Config?.BlueGreenUpdatePolicy?.MaximumExecutionTimeoutInSeconds ?? deployment.Config?.RollingUpdatePolicy?.MaximumExecutionTimeoutInSeconds)
            is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}
