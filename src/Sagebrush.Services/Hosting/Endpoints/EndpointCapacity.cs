using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Endpoints;

/// <summary>Hosting's face to autoscaling: the capacity of endpoints' variants.</summary>
internal sealed class EndpointCapacity(IResourceStore store, TimeProvider time)
{
    private readonly ResourceSet<EndpointDocument> _endpoints = store.For(HostingKinds.Endpoint);

    /// <summary>A variant's capacity; null when there is no such endpoint or variant in service.</summary>
    public async ValueTask<VariantCapacity?> FindAsync(string account, string region, string endpoint, string variant, CancellationToken cancellationToken)
    {
        if (await _endpoints.FindAsync(account, region, endpoint, cancellationToken) is not { Document: var document })
        {
            return null;
        }

        var found = document.Fleet.Variants.FirstOrDefault(planned => planned.Name == variant);
        return found is null || document.Status is EndpointStatus.Failed or EndpointStatus.Deleting
            ? null
            : new VariantCapacity(
                found.InstanceCount,
                found.Serverless?.ProvisionedConcurrency,
                document.Status == EndpointStatus.InService,
                document.Fleet.Async is not null,
                document.FailureReason);
    }

    /// <summary>Asks for another capacity, as <c>UpdateEndpointWeightsAndCapacities</c> does.</summary>
    /// <param name="account">The account.</param>
    /// <param name="region">The region.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="variant">Its variant.</param>
    /// <param name="instances">Whether instances are meant; else provisioned concurrency.</param>
    /// <param name="desired">How many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when the endpoint is being changed, or is gone.</returns>
    public async ValueTask<bool> TrySetAsync(
        string account, string region, string endpoint, string variant, bool instances, int desired, CancellationToken cancellationToken)
    {
        var accepted = false;
        await _endpoints.UpdateAsync(
            account,
            region,
            endpoint,
            document =>
            {
                accepted = document.Status == EndpointStatus.InService && document.Fleet.Variants.Any(planned => planned.Name == variant);
                return !accepted ? null : UpdateEndpointOperation.Updating(
                    document,
                    document.Fleet with
                    {
                        Variants = [.. document.Fleet.Variants.Select(planned => planned.Name != variant ? planned : Sized(planned, instances, desired))],
                    },
                    "",
                    time.GetUtcNow());
            },
            cancellationToken);
        return accepted;
    }

    private static VariantPlan Sized(VariantPlan variant, bool instances, int desired) =>
        instances ? variant with { InstanceCount = desired }
        : variant.Serverless is not { } serverless ? variant
        : variant with
        {
            Serverless = new ProductionVariantServerlessConfig
            {
                MemorySizeInMB = serverless.MemorySizeInMB, MaxConcurrency = serverless.MaxConcurrency, ProvisionedConcurrency = desired,
            },
        };
}
