using Microsoft.Extensions.Logging;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Deployments;
using Sagebrush.Services.Hosting.Fleets;
using Sagebrush.Serving;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Endpoints;

/// <summary>
/// Brings endpoints to what their documents say: Creating → InService or Failed; Updating, step by step, → InService
/// with the new fleet, or RollingBack → InService with the old one and a reason; Deleting → gone. An endpoint InService whose fleet is not in this process, as after a restart,
/// is loaded again, and tried again until it comes.
/// </summary>
internal sealed partial class EndpointReconciler(
    IResourceStore store, EndpointFleets fleets, DeploymentDriver deployments, TimeProvider time, ILogger<EndpointReconciler> logger) : IReconciler
{
    private const int LongestReason = 1024;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly ResourceSet<EndpointDocument> _endpoints = store.For(HostingKinds.Endpoint);

    public string Kind => HostingKinds.Endpoint.Name;

    public bool IsSettled(string status) => status == EndpointStatus.Failed;

    public async ValueTask<ReconcileOutcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (await _endpoints.FindAsync(key, cancellationToken) is not { Document: var endpoint })
        {
            await fleets.RemoveAsync(key);
            return ReconcileOutcome.Done;
        }

        switch (endpoint.Status)
        {
            case EndpointStatus.Creating:
            case EndpointStatus.InService or EndpointStatus.UpdateRollbackFailed when !fleets.IsHosted(key):
                return await CreateAsync(key, endpoint, cancellationToken);
            case EndpointStatus.Updating or EndpointStatus.RollingBack:
                return await DeployAsync(key, endpoint, cancellationToken);
            case EndpointStatus.Deleting:
                await fleets.RemoveAsync(key);
                await _endpoints.DeleteAsync(key, null, cancellationToken);
                LogDeleted(key.Name);
                break;
        }

        return ReconcileOutcome.Done;
    }

    private async Task<ReconcileOutcome> CreateAsync(ResourceKey key, EndpointDocument endpoint, CancellationToken cancellationToken)
    {
        try
        {
            await fleets.ApplyAsync(key, [new FleetShare(endpoint.Fleet, 1)], cancellationToken);
        }
        catch (ModelLoadException error)
        {
            await fleets.RemoveAsync(key);
            if (endpoint.Status != EndpointStatus.Creating)
            {
                // It was in service before the program was restarted. What is missing, such as a container engine that starts later, may come.
                LogNotBack(key.Name, error.Message, RetryPause);
                return ReconcileOutcome.Requeue(RetryPause);
            }

            await SetAsync(key, endpoint with { Status = EndpointStatus.Failed, FailureReason = error.Message }, cancellationToken);
            LogFailed(key.Name, error.Message);
            return ReconcileOutcome.Done;
        }

        if (endpoint.Status == EndpointStatus.Creating)
        {
            await SetAsync(key, endpoint with { Status = EndpointStatus.InService }, cancellationToken);
        }

        LogServing(key.Name, endpoint.Fleet.ConfigName);
        return ReconcileOutcome.Done;
    }

    private async Task<ReconcileOutcome> DeployAsync(ResourceKey key, EndpointDocument endpoint, CancellationToken cancellationToken)
    {
        // An update begun before its steps were stored goes all at once.
        endpoint = endpoint.Deployment is null ? endpoint with { Deployment = new Deployment { Started = time.GetUtcNow() } } : endpoint;
        var (next, again) = await deployments.StepAsync(key, endpoint, cancellationToken);
        if (next is null)
        {
            return ReconcileOutcome.Requeue(again);
        }

        await SetAsync(key, next, cancellationToken);
        if (next.Status is EndpointStatus.RollingBack && endpoint.Status != next.Status)
        {
            LogFailed(key.Name, next.Deployment!.RollbackReason!);
        }
        else if (next.Pending is null)
        {
            LogServing(key.Name, next.Fleet.ConfigName);
        }

        return ReconcileOutcome.Done;
    }

    /// <summary>Stores the outcome. Only deletion can have come in between, and deletion wins.</summary>
    private async Task SetAsync(ResourceKey key, EndpointDocument document, CancellationToken cancellationToken) =>
        await _endpoints.UpdateAsync(
            key,
            current => current.Status == EndpointStatus.Deleting ? null : document.FailureReason is { Length: > LongestReason } reason
                ? document with { FailureReason = reason[..LongestReason] }
                : document,
            cancellationToken);

    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "Endpoint {Endpoint} serves configuration {Config}")]
    private partial void LogServing(string endpoint, string config);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "Endpoint {Endpoint} failed: {Reason}")]
    private partial void LogFailed(string endpoint, string reason);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning, Message = "Endpoint {Endpoint} is not back in service, and is tried again in {Pause}: {Reason}")]
    private partial void LogNotBack(string endpoint, string reason, TimeSpan pause);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Information, Message = "Endpoint {Endpoint} is deleted")]
    private partial void LogDeleted(string endpoint);
}
