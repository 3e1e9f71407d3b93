using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Fleets;
using Sagebrush.Serving;
using Sagebrush.Serving.Serverless;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Models;

/// <summary>Hosting's face to other capabilities: finds models, and serves them to jobs without an endpoint.</summary>
internal sealed class ModelHost(IResourceStore store, VariantLoader loader, HostingOptions options)
{
    private const string Variant = "job";

    private readonly ResourceSet<CreateModelInput> _models = store.For(HostingKinds.Model);

    /// <summary>A model's containers; null when there is no such model.</summary>
    public async ValueTask<IReadOnlyList<ContainerDefinition>?> FindAsync(
        string account, string region, string name, CancellationToken cancellationToken) =>
        await _models.FindAsync(account, region, name, cancellationToken) is { Document: var model }
            ? model.PrimaryContainer is { } primary ? [primary] : model.Containers
            : null;

    /// <summary>Loads a model. Its server's disposal ends it; <see cref="Forget"/> removes its files afterwards.</summary>
    /// <exception cref="ModelLoadException">It cannot be served.</exception>
    public async Task<IModelServer> LoadAsync(ModelDeployment deployment, Action<string> log, CancellationToken cancellationToken)
    {
        var plan = new VariantPlan
        {
            Variant = new ProductionVariant { VariantName = Variant, InstanceType = deployment.InstanceType },
            Containers = [.. deployment.Containers.Select(container => With(container, deployment.Environment))],
            Weight = 1,
            InstanceCount = deployment.InstanceCount,
            Serverless = deployment.Serverless,
            InstanceId = deployment.JobId,
            RequestTimeout = deployment.RequestTimeout,
            LargestAnswer = deployment.LargestAnswer,
        };
        try
        {
            var folder = FleetFolder.OfJob(options, deployment.JobId);
            return deployment.Serverless is not { } serverless
                ? await loader.LoadAsync(plan, folder, log, cancellationToken)
                : await ServerlessModelServer.LoadAsync(
                    stop => loader.LoadAsync(plan, folder, log, stop),
                    new ServerlessOptions
                    {
                        MaxConcurrency = serverless.MaxConcurrency,
                        ProvisionedConcurrency = serverless.ProvisionedConcurrency ?? 0,
                        IdleTime = options.ServerlessIdleTime,
                    },
                    cancellationToken);
        }
        catch (ModelLoadException error) when (error.InnerException is ModelLoadException cause)
        {
            // What is around the cause speaks of an endpoint.
            throw new ModelLoadException($"The model could not be loaded: {cause.Message}", cause);
        }
    }

    /// <summary>Removes what a job's model left on the disk.</summary>
    public void Forget(string jobId) => FleetFolder.Delete(FleetFolder.OfJob(options, jobId).Path);

    private static ContainerDefinition With(ContainerDefinition container, IReadOnlyDictionary<string, string>? environment)
    {
        if (environment is null)
        {
            return container;
        }

        var merged = new Dictionary<string, string>(container.Environment ?? []);
        foreach (var (name, value) in environment)
        {
            merged[name] = value;
        }

        return new ContainerDefinition
        {
            ContainerHostname = container.ContainerHostname,
            Image = container.Image,
            ImageConfig = container.ImageConfig,
            Mode = container.Mode,
            ModelDataUrl = container.ModelDataUrl,
            ModelDataSource = container.ModelDataSource,
            Environment = merged,
            ModelPackageName = container.ModelPackageName,
            InferenceSpecificationName = container.InferenceSpecificationName,
            MultiModelConfig = container.MultiModelConfig,
        };
    }
}
