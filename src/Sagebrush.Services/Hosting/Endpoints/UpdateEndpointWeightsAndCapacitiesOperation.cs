using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Asynchronous;
using Sagebrush.Services.Hosting.Serverless;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Endpoints;

/// <summary>Implements <c>UpdateEndpointWeightsAndCapacities</c>: new shares of traffic and numbers of instances for the fleet in service.</summary>
internal sealed class UpdateEndpointWeightsAndCapacitiesOperation(IResourceStore store, AsyncTopics topics, TimeProvider time)
    : IOperation<UpdateEndpointWeightsAndCapacitiesInput, UpdateEndpointWeightsAndCapacitiesOutput>
{
    private readonly ResourceSet<EndpointDocument> _endpoints = store.For(HostingKinds.Endpoint);

    public async ValueTask<UpdateEndpointWeightsAndCapacitiesOutput> InvokeAsync(
        UpdateEndpointWeightsAndCapacitiesInput request, CallContext context, CancellationToken cancellationToken)
    {
        var arn = context.EndpointArn(request.EndpointName);
        var updated = await _endpoints.UpdateAsync(
            context.AccountId,
            context.Region,
            request.EndpointName,
            endpoint => UpdateEndpointOperation.Updating(endpoint, Apply(endpoint.Fleet, request.DesiredWeightsAndCapacities), arn, time.GetUtcNow()),
            cancellationToken);
        if (updated is null)
        {
            throw HostingErrors.NotFound("endpoint", arn);
        }

        await topics.TestAsync(updated.Document.Fleet.Async, cancellationToken);
        return new UpdateEndpointWeightsAndCapacitiesOutput { EndpointArn = arn };
    }

    /// <summary>The same fleet, under the same id: its models stay, shares and numbers of instances change.</summary>
    private static FleetPlan Apply(FleetPlan fleet, List<DesiredWeightAndCapacity> desired)
    {
        var wishes = new Dictionary<string, DesiredWeightAndCapacity>(StringComparer.Ordinal);
        foreach (var wish in desired)
        {
            if (!fleet.Variants.Concat(fleet.Shadows).Any(variant => variant.Name == wish.VariantName))
            {
                throw HostingErrors.Validation($"Could not find variant \"{wish.VariantName}\" of the endpoint.");
            }

            var variant = fleet.Find(wish.VariantName);
            if (wish.ServerlessUpdateConfig is not null && variant.Serverless is null)
            {
                throw HostingErrors.Validation($"Variant \"{wish.VariantName}\" is not serverless and takes no ServerlessUpdateConfig.");
            }

            if (wish.DesiredInstanceCount is not null && variant.Serverless is not null)
            {
                throw HostingErrors.Validation($"Variant \"{wish.VariantName}\" is serverless and takes no DesiredInstanceCount.");
            }

            if (wish.DesiredInstanceCount == 0 && fleet.Async is null)
            {
                throw HostingErrors.Validation($"DesiredInstanceCount of variant \"{wish.VariantName}\" must be at least 1: only asynchronous endpoints can have no instance.");
            }

            wishes[wish.VariantName] = wish;
        }

        return fleet with { Variants = [.. fleet.Variants.Select(Changed)], Shadows = [.. fleet.Shadows.Select(Changed)] };

        VariantPlan Changed(VariantPlan planned) => !wishes.TryGetValue(planned.Name, out var wish) ? planned : planned with
        {
            Weight = wish.DesiredWeight ?? planned.Weight,
            InstanceCount = wish.DesiredInstanceCount ?? planned.InstanceCount,
            Serverless = wish.ServerlessUpdateConfig is { } change ? ServerlessRules.Update(planned.Serverless!, change) : planned.Serverless,
        };
    }
}
