using Microsoft.AspNetCore.Http;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting;
using Sagebrush.Services.Hosting.Asynchronous;
using Sagebrush.Services.Hosting.EndpointConfigs;
using Sagebrush.Services.Hosting.Deployments;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.Services.ModelRegistry;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.AutoML;

/// <summary>Brings the best candidate of a job to an endpoint: a model, a configuration and the endpoint, each created once.</summary>
internal sealed class AutoMLDeployment(IResourceStore store, IObjectStore objects, IModelPackages packages, AsyncTopics topics, HostingOptions options)
{
    private readonly ResourceSet<EndpointDocument> _endpoints = store.For(HostingKinds.Endpoint);

    /// <summary>The endpoint's name: the one asked for, or one made of the job's.</summary>
    public static string NameOf(AutoMLJobDocument document) => document.Job.ModelDeployConfig?.EndpointName ?? $"{document.Job.AutoMLJobName}-{document.Id[^8..]}";

    /// <summary>Creates what is not there yet, and tells how the endpoint is.</summary>
    /// <returns>The endpoint's status, and why it failed.</returns>
    /// <exception cref="ServiceException">Something cannot be created.</exception>
    public async ValueTask<(string Status, string? FailureReason)> AdvanceAsync(ResourceKey key, AutoMLJobDocument document, CancellationToken cancellationToken)
    {
        var (name, best) = ($"{document.Job.AutoMLJobName}-{document.Id[^8..]}", document.Job.BestCandidate!);
        var endpoint = NameOf(document);
        if (await _endpoints.FindAsync(key.Account, key.Region, endpoint, cancellationToken) is { } found)
        {
            return (found.Document.Status, found.Document.FailureReason);
        }

        // Hosting's operations, called for the job's role: they look at account and region alone.
        var context = new CallContext
        {
            AccountId = key.Account,
            Region = key.Region,
            Principal = new Principal(key.Account, document.Job.RoleArn, document.Id),
            RequestId = document.Id,
            Http = new DefaultHttpContext(),
        };
        await OnceAsync(() => new CreateModelOperation(store, objects, packages).InvokeAsync(
            new CreateModelInput
            {
                ModelName = name,
                ExecutionRoleArn = document.Job.RoleArn,
                Containers = [.. best.InferenceContainers!.Select(container => new ContainerDefinition { Image = container.Image, ModelDataUrl = container.ModelDataUrl, Environment = container.Environment })],
            },
            context,
            cancellationToken));
        await OnceAsync(() => new CreateEndpointConfigOperation(store, options).InvokeAsync(
            new CreateEndpointConfigInput
            {
                EndpointConfigName = name,
                ProductionVariants = [new ProductionVariant { VariantName = "AllTraffic", ModelName = name, InstanceType = "ml.m5.large", InitialInstanceCount = 1 }],
            },
            context,
            cancellationToken));
        await new CreateEndpointOperation(store, new FleetPlanner(store), topics, new DeploymentRules(new NoAlarms())).InvokeAsync(new CreateEndpointInput { EndpointName = endpoint, EndpointConfigName = name }, context, cancellationToken);
        return (EndpointStatus.Creating, null);
    }

    // What the last run of the program created before it was killed is there already.
    private static async ValueTask OnceAsync<T>(Func<ValueTask<T>> create)
    {
        try
        {
            await create();
        }
        catch (ServiceException refusal) when (refusal.Message.StartsWith("Cannot create already existing", StringComparison.Ordinal))
        {
        }
    }
}
