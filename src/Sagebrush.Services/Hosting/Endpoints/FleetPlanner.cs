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
    public async ValueTask<FleetPlan> PlanAsync(string configName, CallContext context, CancellationToken cancellationToken)
    {
        var config = await _configs.FindAsync(context.AccountId, context.Region, configName, cancellationToken)
            ?? throw HostingErrors.NotFound("endpoint configuration", context.EndpointConfigArn(configName));
        var models = new List<CreateModelInput>();
        foreach (var variant in config.Document.ProductionVariants)
        {
            var model = await _models.FindAsync(context.AccountId, context.Region, variant.ModelName!, cancellationToken)
                ?? throw HostingErrors.NotFound("model", context.ModelArn(variant.ModelName!));
            models.Add(model.Document);
        }

        AsyncRules.Check(config.Document.AsyncInferenceConfig, models);
        ServerlessRules.Check(config.Document, models);
        return FleetPlan.Create(config.Document, models);
    }
}
