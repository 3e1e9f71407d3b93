using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Endpoints;

/// <summary>Hosting's face to capabilities that deploy: experiments and recommendations.</summary>
internal sealed class EndpointDeployments(IResourceStore store, FleetPlanner planner, TimeProvider time)
{
    private readonly ResourceSet<CreateEndpointConfigInput> _configs = store.For(HostingKinds.EndpointConfig);
    private readonly ResourceSet<EndpointDocument> _endpoints = store.For(HostingKinds.Endpoint);

    /// <summary>An endpoint; null when there is none of the name.</summary>
    public async ValueTask<EndpointState?> FindAsync(string account, string region, string endpoint, CancellationToken cancellationToken) =>
        await _endpoints.FindAsync(account, region, endpoint, cancellationToken) is { Document: var document }
            ? new EndpointState(document.Status, document.FailureReason, document.Fleet.ConfigName, [.. document.Fleet.Variants.Select(variant =>
            {
                variant.Variant.InitialInstanceCount = variant.InstanceCount;
                variant.Variant.InitialVariantWeight = variant.Weight;
                return variant.Variant;
            })])
            : null;

    /// <summary>Stores a configuration, unless it is there.</summary>
    public async Task PutConfigAsync(string account, string region, CreateEndpointConfigInput config, CancellationToken cancellationToken) =>
        await _configs.TryAddAsync(
            _configs.Key(account, region, config.EndpointConfigName),
            HostingArns.EndpointConfig(account, region, config.EndpointConfigName),
            config,
            [],
            cancellationToken);

    /// <summary>Begins to make an endpoint, unless it is there.</summary>
    public async Task CreateAsync(string account, string region, string endpoint, string config, CancellationToken cancellationToken) =>
        await _endpoints.TryAddAsync(
            _endpoints.Key(account, region, endpoint),
            HostingArns.Endpoint(account, region, endpoint),
            new EndpointDocument { Status = EndpointStatus.Creating, Fleet = await planner.PlanAsync(config, account, region, cancellationToken) },
            [],
            cancellationToken);

    /// <summary>Begins to move an endpoint to another configuration.</summary>
    /// <returns>False when it is gone, or being changed by somebody else.</returns>
    public async ValueTask<bool> TryUpdateAsync(string account, string region, string endpoint, string config, CancellationToken cancellationToken)
    {
        var plan = await planner.PlanAsync(config, account, region, cancellationToken);
        var accepted = false;
        await _endpoints.UpdateAsync(
            account,
            region,
            endpoint,
            document =>
            {
                accepted = document.Status is EndpointStatus.InService or EndpointStatus.UpdateRollbackFailed;
                return accepted ? UpdateEndpointOperation.Updating(document, plan, "", time.GetUtcNow()) : null;
            },
            cancellationToken);
        return accepted;
    }

    /// <summary>Begins to delete an endpoint, whatever it is at, and deletes its configuration.</summary>
    public async Task DeleteAsync(string account, string region, string endpoint, string config, CancellationToken cancellationToken)
    {
        await _endpoints.UpdateAsync(account, region, endpoint, document => document with { Status = EndpointStatus.Deleting }, cancellationToken);
        await _configs.DeleteAsync(_configs.Key(account, region, config), null, cancellationToken);
    }
}
