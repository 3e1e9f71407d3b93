using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Asynchronous;
using Sagebrush.Services.Hosting.Serverless;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Endpoints;

/// <summary>Makes the plan of a fleet from a configuration's name.</summary>
internal sealed class FleetPlanner(IResourceStore store)
{
    private readonly ResourceSet<CreateModelInput> _models = store.For(HostingKinds.Model);
    private readonly ResourceSet<CreateEndpointConfigInput> _configs = store.For(HostingKinds.EndpointConfig);

    /// <exception cref="ServiceException">The configuration, or a model of it, is not there.</exception>
    public ValueTask<FleetPlan> PlanAsync(string configName, CallContext context, CancellationToken cancellationToken) =>
        PlanAsync(configName, context.AccountId, context.Region, cancellationToken);

    /// <exception cref="ServiceException">The configuration, or a model of it, is not there.</exception>
    public async ValueTask<FleetPlan> PlanAsync(string configName, string account, string region, CancellationToken cancellationToken)
    {
        var config = await _configs.FindAsync(account, region, configName, cancellationToken)
            ?? throw HostingErrors.NotFound("endpoint configuration", HostingArns.EndpointConfig(account, region, configName));
        var models = new List<CreateModelInput>();
        foreach (var variant in config.Document.ProductionVariants.Concat(config.Document.ShadowProductionVariants ?? []))
        {
            var model = await _models.FindAsync(account, region, variant.ModelName!, cancellationToken)
                ?? throw HostingErrors.NotFound("model", HostingArns.Model(account, region, variant.ModelName!));
            models.Add(model.Document);
        }

        AsyncRules.Check(config.Document.AsyncInferenceConfig, models);
        ServerlessRules.Check(config.Document, models);
        return FleetPlan.Create(config.Document, models);
    }
}
