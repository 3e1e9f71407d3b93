using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Asynchronous;
using Sagebrush.Services.Hosting.Deployments;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Endpoints;

/// <summary>Implements <c>CreateEndpoint</c>: stores the wish; <see cref="EndpointReconciler"/> brings it about.</summary>
internal sealed class CreateEndpointOperation(IResourceStore store, FleetPlanner planner, AsyncTopics topics, DeploymentRules deployments)
    : IOperation<CreateEndpointInput, CreateEndpointOutput>
{
    private readonly ResourceSet<EndpointDocument> _endpoints = store.For(HostingKinds.Endpoint);

    public async ValueTask<CreateEndpointOutput> InvokeAsync(
        CreateEndpointInput request, CallContext context, CancellationToken cancellationToken)
    {
        var arn = context.EndpointArn(request.EndpointName);
        var key = _endpoints.Key(context.AccountId, context.Region, request.EndpointName);
        if (await _endpoints.FindByArnAsync(arn, cancellationToken) is not null)
        {
            throw HostingErrors.Exists("endpoint", arn);
        }

        var plan = await planner.PlanAsync(request.EndpointConfigName, context, cancellationToken);
        await deployments.CheckAsync(request.DeploymentConfig, plan, context, cancellationToken);
        var endpoint = new EndpointDocument { Status = EndpointStatus.Creating, Fleet = plan, LastDeployment = request.DeploymentConfig };
        await topics.CheckAsync(endpoint.Fleet.Async, cancellationToken);
        var added = await _endpoints.TryAddAsync(key, arn, endpoint, HostingKinds.Tags(request.Tags), cancellationToken);
        if (added is null)
        {
            throw HostingErrors.Exists("endpoint", arn);
        }

        await topics.TestAsync(endpoint.Fleet.Async, cancellationToken);
        return new CreateEndpointOutput { EndpointArn = arn };
    }
}
