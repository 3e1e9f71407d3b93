using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.AutoScaling;
using Sagebrush.Services.Hosting;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Recommendations;

/// <summary>Which endpoints a job may compare its candidates with.</summary>
/// <remarks>Source: "Get an instance recommendation for an existing endpoint" of SageMaker's Developer Guide.</remarks>
internal sealed class ExistingEndpoints(IResourceStore store)
{
    private readonly ResourceSet<EndpointDocument> _endpoints = store.For(HostingKinds.Endpoint);
    private readonly ResourceSet<ScalableTargetDocument> _targets = store.For(AutoScalingKinds.Target);

    /// <exception cref="ServiceException">There is none of that name, or it cannot be tested.</exception>
    public async ValueTask<Benchmark> FindAsync(string name, CallContext context, CancellationToken cancellationToken)
    {
        if (await _endpoints.FindAsync(context.AccountId, context.Region, name, cancellationToken) is not { Document: { } endpoint })
        {
            throw Refusals.Validation($"InputConfig.Endpoints: could not find endpoint \"{context.Arn("sagemaker", $"endpoint/{name.ToLowerInvariant()}")}\".");
        }

        if (endpoint.Status != EndpointStatus.InService)
        {
            throw Refused(name, $"it is {endpoint.Status}, not InService");
        }

        if (endpoint.Fleet.Variants is not [var variant])
        {
            throw Refused(name, "it has several variants, and one is allowed");
        }

        if (variant.Serverless is not null || endpoint.Fleet.Async is not null)
        {
            throw Refused(name, $"it is {(variant.Serverless is null ? "asynchronous" : "serverless")}, and real-time endpoints alone can be tested");
        }

        if (variant.Containers.Any(container => container.Mode == ContainerMode.MultiModel))
        {
            throw Refused(name, "it is a multi-model endpoint");
        }

        var scaled = new ScalableResource(name, variant.Name, ScalableResource.Instances);
        if (await _targets.FindAsync(context.AccountId, context.Region, scaled.Name, cancellationToken) is not null)
        {
            throw Refused(name, $"its variant {variant.Name} is scaled automatically");
        }

        return Candidates.Existing(variant.Variant.InstanceType!, new TestedEndpoint(name, variant.Name, variant.InstanceCount));
    }

    private static ServiceException Refused(string name, string why) => Refusals.Validation($"InputConfig.Endpoints: the endpoint {name} cannot be tested: {why}.");
}
