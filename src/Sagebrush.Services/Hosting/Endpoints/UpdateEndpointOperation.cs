using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Asynchronous;
using Sagebrush.Services.Hosting.Deployments;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Endpoints;

/// <summary>Implements <c>UpdateEndpoint</c>: plans a new fleet beside the one in service, and how the traffic gets there.</summary>
internal sealed class UpdateEndpointOperation(IResourceStore store, FleetPlanner planner, AsyncTopics topics, DeploymentRules deployments, TimeProvider time)
    : IOperation<UpdateEndpointInput, UpdateEndpointOutput>
{
    private readonly ResourceSet<EndpointDocument> _endpoints = store.For(HostingKinds.Endpoint);

    public async ValueTask<UpdateEndpointOutput> InvokeAsync(
        UpdateEndpointInput request, CallContext context, CancellationToken cancellationToken)
    {
        var arn = context.EndpointArn(request.EndpointName);
        var stored = await _endpoints.FindAsync(context.AccountId, context.Region, request.EndpointName, cancellationToken)
            ?? throw HostingErrors.NotFound("endpoint", arn);
        var plan = Retain(await planner.PlanAsync(request.EndpointConfigName, context, cancellationToken), stored.Document.Fleet, request);
        var config = request.DeploymentConfig ?? (request.RetainDeploymentConfig is true ? stored.Document.LastDeployment : null);
        await deployments.CheckAsync(config, plan, context, cancellationToken);
        await topics.CheckAsync(plan.Async, cancellationToken);
        var updated = await _endpoints.UpdateAsync(
            context.AccountId,
            context.Region,
            request.EndpointName,
            endpoint => Updating(endpoint, Retain(plan, endpoint.Fleet, request), arn, time.GetUtcNow(), config),
            cancellationToken);
        if (updated is null)
        {
            throw HostingErrors.NotFound("endpoint", arn);
        }

        await topics.TestAsync(plan.Async, cancellationToken);
        return new UpdateEndpointOutput { EndpointArn = arn };
    }

    /// <summary>The endpoint with an update begun.</summary>
    /// <exception cref="ServiceException">It is not in a state to be updated.</exception>
    internal static EndpointDocument Updating(
        EndpointDocument endpoint, FleetPlan plan, string arn, DateTimeOffset now, DeploymentConfig? config = null) => endpoint.Status switch
        {
            EndpointStatus.InService or EndpointStatus.UpdateRollbackFailed => endpoint with
            {
                Status = EndpointStatus.Updating,
                FailureReason = null,
                Pending = plan,
                Deployment = new Deployment { Started = now, Config = config },
                LastDeployment = config ?? endpoint.LastDeployment,
            },
            EndpointStatus.Failed => throw HostingErrors.Validation($"Cannot update endpoint \"{arn}\" in status Failed; delete it and create it again."),
            _ => throw HostingErrors.InProgress(arn),
        };

    /// <summary>Keeps weights and instance counts of variants that go on under their names, if asked to.</summary>
    private static FleetPlan Retain(FleetPlan plan, FleetPlan current, UpdateEndpointInput request)
    {
        if (plan.Variants.Any(variant => variant.Serverless is not null) && current.Variants.All(variant => variant.Serverless is null))
        {
            throw HostingErrors.Validation("An endpoint with instances cannot become a serverless one; create another endpoint.");
        }

        if (plan.Async is null != current.Async is null)
        {
            throw HostingErrors.Validation("An endpoint with AsyncInferenceConfig cannot become one without, nor the other way round; create another endpoint.");
        }

        if (request.RetainAllVariantProperties is not true)
        {
            return plan;
        }

        var excluded = request.ExcludeRetainedVariantProperties?.Select(property => property.VariantPropertyType).ToHashSet() ?? [];
        return plan with
        {
            Variants = [.. plan.Variants.Select(variant =>
                current.Variants.FirstOrDefault(old => old.Name == variant.Name) is not { } old ? variant : variant with
                {
                    Weight = excluded.Contains(VariantPropertyType.DesiredWeight) ? variant.Weight : old.Weight,
                    InstanceCount = excluded.Contains(VariantPropertyType.DesiredInstanceCount) ? variant.InstanceCount : old.InstanceCount,
                })],
        };
    }
}
