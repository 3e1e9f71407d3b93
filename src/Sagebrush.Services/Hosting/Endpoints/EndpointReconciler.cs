using Microsoft.Extensions.Logging;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Fleets;
using Sagebrush.Serving;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Endpoints;

/// <summary>
/// Brings endpoints to what their documents say: Creating → InService or Failed; Updating → InService with the new fleet, or
/// with the old one and a reason; Deleting → gone. An endpoint InService whose fleet is not in this process, as after a restart,
/// is loaded again.
/// </summary>
internal sealed partial class EndpointReconciler(IResourceStore store, EndpointFleets fleets, ILogger<EndpointReconciler> logger)
    : IReconciler
{
    private const int LongestReason = 1024;

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
                await CreateAsync(key, endpoint, cancellationToken);
                break;
            case EndpointStatus.Updating when endpoint.Pending is { } pending:
                await UpdateAsync(key, endpoint, pending, cancellationToken);
                break;
            case EndpointStatus.InService when !fleets.IsServing(key, endpoint.Fleet):
                await CreateAsync(key, endpoint, cancellationToken);
                break;
            case EndpointStatus.Deleting:
                await fleets.RemoveAsync(key);
                await _endpoints.DeleteAsync(key, null, cancellationToken);
                LogDeleted(key.Name);
                break;
        }

        return ReconcileOutcome.Done;
    }

    private async Task CreateAsync(ResourceKey key, EndpointDocument endpoint, CancellationToken cancellationToken)
    {
        try
        {
            await fleets.DeployAsync(key, endpoint.Fleet, cancellationToken);
        }
        catch (ModelLoadException error)
        {
            await fleets.RemoveAsync(key);
            await SetAsync(key, endpoint with { Status = EndpointStatus.Failed, FailureReason = Reason(error) }, cancellationToken);
            LogFailed(key.Name, error.Message);
            return;
        }

        if (endpoint.Status != EndpointStatus.InService)
        {
            await SetAsync(key, endpoint with { Status = EndpointStatus.InService }, cancellationToken);
        }

        LogServing(key.Name, endpoint.Fleet.ConfigName);
    }

    private async Task UpdateAsync(ResourceKey key, EndpointDocument endpoint, FleetPlan pending, CancellationToken cancellationToken)
    {
        // After a restart the old fleet goes on serving while the new one is made ready.
        string? reason = null;
        if (!fleets.IsServing(key, endpoint.Fleet) && !fleets.IsServing(key, pending))
        {
            reason = await TryDeployAsync(key, endpoint.Fleet, cancellationToken);
        }

        var failure = await TryDeployAsync(key, pending, cancellationToken);
        var updated = (failure, reason) switch
        {
            (null, _) => endpoint with { Status = EndpointStatus.InService, Fleet = pending, Pending = null },
            (_, null) => endpoint with { Status = EndpointStatus.InService, Pending = null, FailureReason = failure },
            _ => endpoint with { Status = EndpointStatus.Failed, Pending = null, FailureReason = failure },
        };
        await SetAsync(key, updated, cancellationToken);
        if (failure is null)
        {
            LogServing(key.Name, pending.ConfigName);
        }
        else
        {
            LogFailed(key.Name, failure);
        }
    }

    private async Task<string?> TryDeployAsync(ResourceKey key, FleetPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            await fleets.DeployAsync(key, plan, cancellationToken);
            return null;
        }
        catch (ModelLoadException error)
        {
            return Reason(error);
        }
    }

    private static string Reason(ModelLoadException error) =>
        error.Message.Length <= LongestReason ? error.Message : error.Message[..LongestReason];

    /// <summary>Stores the outcome. Only deletion can have come in between, and deletion wins.</summary>
    private async Task SetAsync(ResourceKey key, EndpointDocument document, CancellationToken cancellationToken) =>
        await _endpoints.UpdateAsync(
            key, current => current.Status == EndpointStatus.Deleting ? null : document, cancellationToken);

    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "Endpoint {Endpoint} serves configuration {Config}")]
    private partial void LogServing(string endpoint, string config);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "Endpoint {Endpoint} failed: {Reason}")]
    private partial void LogFailed(string endpoint, string reason);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Information, Message = "Endpoint {Endpoint} is deleted")]
    private partial void LogDeleted(string endpoint);
}
