using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Clarify;

/// <summary>
/// Removes the endpoint that an analysis made for itself and did not remove: it was killed, or told to stop while the endpoint was still being made,
/// which the API does not let anybody delete.
/// </summary>
internal sealed class ShadowEndpoints(IResourceStore store)
{
    private const int MostOfOneJob = 10;

    private readonly ResourceSet<Hosting.Endpoints.EndpointDocument> _endpoints = store.For(HostingKinds.Endpoint);
    private readonly ResourceSet<CreateEndpointConfigInput> _configs = store.For(HostingKinds.EndpointConfig);

    /// <summary>Removes what is left of a job; may be called again.</summary>
    /// <param name="job">The job.</param>
    /// <param name="root">Its folder.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RemoveAsync(ResourceKey job, string root, CancellationToken cancellationToken)
    {
        if (ProcessingPlaces.FindEndpointId(root) is not { } id)
        {
            return;
        }

        var named = new ResourceQuery { Account = job.Account, Region = job.Region, Kind = HostingKinds.Endpoint.Name, NameContains = id, PageSize = MostOfOneJob };
        foreach (var endpoint in (await _endpoints.ListAsync(named, cancellationToken)).Items)
        {
            await _endpoints.UpdateAsync(
                endpoint.Key,
                found => found.Status == EndpointStatus.Deleting ? null : found with { Status = EndpointStatus.Deleting },
                cancellationToken);
        }

        foreach (var config in (await _configs.ListAsync(named with { Kind = HostingKinds.EndpointConfig.Name }, cancellationToken)).Items)
        {
            await _configs.DeleteAsync(config.Key, null, cancellationToken);
        }
    }
}
