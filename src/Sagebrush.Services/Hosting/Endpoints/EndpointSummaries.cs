using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Deployments;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Endpoints;

/// <summary>An endpoint's variants as <c>DescribeEndpoint</c> tells them: what is, and what an update will bring.</summary>
internal static class EndpointSummaries
{
    /// <summary>Variants of the fleet in service: its production variants, or its shadows.</summary>
    public static List<ProductionVariantSummary> Variants(Stored<EndpointDocument> stored, IReadOnlyList<VariantPlan> variants)
    {
        var endpoint = stored.Document;
        var now = Current(endpoint, endpoint.Fleet);

        // A change of weights and capacities goes on under the same fleet: there, what is desired runs ahead of what is.
        var scaling = endpoint.Pending?.Id == endpoint.Fleet.Id;
        var desired = scaling ? endpoint.Pending! : endpoint.Fleet;
        return [.. variants.Select(variant => new ProductionVariantSummary
        {
            VariantName = variant.Name,
            DeployedImages = [.. Images(variant, stored.Created)],
            CurrentWeight = variant.Weight,
            DesiredWeight = desired.Find(variant.Name).Weight,
            CurrentInstanceCount = scaling ? variant.InstanceCount : now?.Find(variant.Name).InstanceCount ?? 0,
            DesiredInstanceCount = desired.Find(variant.Name).InstanceCount,
            CurrentServerlessConfig = variant.Serverless,
            DesiredServerlessConfig = desired.Find(variant.Name).Serverless,
            ManagedInstanceScaling = variant.Variant.ManagedInstanceScaling,
            RoutingConfig = variant.Variant.RoutingConfig,
            VariantStatus = scaling ? [new ProductionVariantStatus { Status = VariantStatus.Updating, StartTime = endpoint.Deployment?.Started }] : null,
        })];
    }

    /// <summary>The fleet an update is bringing; null when there is none.</summary>
    public static PendingDeploymentSummary? Pending(Stored<EndpointDocument> stored)
    {
        var endpoint = stored.Document;
        if (endpoint.Pending is not { } pending || pending.Id == endpoint.Fleet.Id)
        {
            return null;
        }

        var now = Current(endpoint, pending);
        var phase = endpoint.Deployment is { } deployment
            ? new ProductionVariantStatus
            {
                Status = Phase(endpoint),
                StartTime = deployment.Applied ?? stored.Modified,
                StatusMessage = deployment.RollbackReason,
            }
            : null;
        return new PendingDeploymentSummary
        {
            EndpointConfigName = pending.ConfigName,
            StartTime = endpoint.Deployment?.Started ?? stored.Modified,
            ProductionVariants = [.. pending.Variants.Select(Summary)],
            ShadowProductionVariants = pending.Shadows.Count > 0 ? [.. pending.Shadows.Select(Summary)] : null,
        };

        PendingProductionVariantSummary Summary(VariantPlan variant) => new()
        {
            VariantName = variant.Name,
            DeployedImages = [.. Images(variant, stored.Modified)],
            CurrentWeight = now is null ? 0 : variant.Weight,
            DesiredWeight = variant.Weight,
            CurrentInstanceCount = now?.Find(variant.Name).InstanceCount ?? 0,
            DesiredInstanceCount = variant.InstanceCount,
            InstanceType = variant.Variant.InstanceType,
            DesiredServerlessConfig = variant.Serverless,
            ManagedInstanceScaling = variant.Variant.ManagedInstanceScaling,
            RoutingConfig = variant.Variant.RoutingConfig,
            VariantStatus = phase is null ? null : [phase],
        };
    }

    private static string Phase(EndpointDocument endpoint)
    {
        var deployment = endpoint.Deployment!;
        return deployment.RollbackReason is not null ? VariantStatus.Deleting
            : deployment.Applied is null ? deployment.Step == 0 ? VariantStatus.Creating : VariantStatus.ActivatingTraffic
            : DeploymentSchedule.Of(endpoint)[deployment.Step].Phase;
    }

    /// <summary>A fleet as it is at the step of the update that took effect last; null when it has no instances then.</summary>
    private static FleetPlan? Current(EndpointDocument endpoint, FleetPlan fleet)
    {
        if (endpoint.Deployment is not { } deployment || endpoint.Pending is null)
        {
            return fleet.Id == endpoint.Fleet.Id ? fleet : null;
        }

        var step = deployment.Applied is null ? deployment.Step - 1 : deployment.Step;
        var reached = endpoint;
        if (step < 0 && deployment.RollbackReason is not null)
        {
            // It has just turned: it still stands where the way forward had brought it.
            step = deployment.TurnedAt - 1;
            reached = endpoint with { Deployment = deployment with { RollbackReason = null } };
        }

        return step < 0
            ? fleet.Id == endpoint.Fleet.Id ? fleet : null
            : DeploymentSchedule.Of(reached)[step].Traffic.FirstOrDefault(share => share.Plan.Id == fleet.Id).Plan;
    }

    private static IEnumerable<DeployedImage> Images(VariantPlan variant, DateTimeOffset resolved) =>
        variant.Containers.Select(container => new DeployedImage
        {
            SpecifiedImage = container.Image,
            ResolvedImage = container.Image,
            ResolutionTime = resolved,
        });
}
