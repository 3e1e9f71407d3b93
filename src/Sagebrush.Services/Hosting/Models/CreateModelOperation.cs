using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.ModelRegistry;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Models;

/// <summary>Implements <c>CreateModel</c>: stores an immutable definition and answers with its ARN.</summary>
internal sealed class CreateModelOperation(IResourceStore store, IObjectStore objects, IModelPackages packages)
    : IOperation<CreateModelInput, CreateModelOutput>
{
    private readonly ResourceSet<CreateModelInput> _models = store.For(HostingKinds.Model);

    public async ValueTask<CreateModelOutput> InvokeAsync(
        CreateModelInput request, CallContext context, CancellationToken cancellationToken)
    {
        CheckShape(request);
        await DeployFromPackagesAsync(request, context, cancellationToken);
        CheckContainers(request);
        var arn = context.ModelArn(request.ModelName);
        var tags = HostingKinds.Tags(request.Tags);
        request.Tags = null;
        var added = await _models.TryAddAsync(
            _models.Key(context.AccountId, context.Region, request.ModelName), arn, request, tags, cancellationToken);
        return added is null ? throw HostingErrors.Exists("model", arn) : new CreateModelOutput { ModelArn = arn };
    }

    private static void CheckShape(CreateModelInput request)
    {
        if (request.PrimaryContainer is not null == request.Containers is { Count: > 0 })
        {
            throw HostingErrors.Validation(request.PrimaryContainer is null
                ? "You must provide either PrimaryContainer or Containers."
                : "You cannot provide both PrimaryContainer and Containers.");
        }
    }

    /// <summary>Puts what model packages hold in the place of containers that name them: the model keeps it, whatever becomes of the package.</summary>
    private async ValueTask DeployFromPackagesAsync(CreateModelInput request, CallContext context, CancellationToken cancellationToken)
    {
        if (request.PrimaryContainer is { ModelPackageName: not null } primary)
        {
            var containers = await ContainersAsync(primary, context, cancellationToken);
            request.PrimaryContainer = containers is [var only] ? only : null;
            request.Containers = request.PrimaryContainer is null ? [.. containers] : null;
        }

        if (request.Containers?.Any(container => container is { ModelPackageName: not null, Image: null }) == true)
        {
            List<ContainerDefinition> containers = [];
            foreach (var container in request.Containers)
            {
                containers.AddRange(container is { ModelPackageName: not null, Image: null } ? await ContainersAsync(container, context, cancellationToken) : [container]);
            }

            request.Containers = containers;
        }
    }

    private async ValueTask<IReadOnlyList<ContainerDefinition>> ContainersAsync(ContainerDefinition container, CallContext context, CancellationToken cancellationToken) =>
        container.Image is null && string.IsNullOrEmpty(container.ModelDataUrl) && container.ModelDataSource is null
            ? await packages.ContainersAsync(container, context, cancellationToken)
            : throw HostingErrors.Validation("You cannot provide Image, ModelDataUrl or ModelDataSource together with ModelPackageName, which stands for them.");

    private void CheckContainers(CreateModelInput request)
    {
        CheckSeveral(request.Containers ?? [], request.InferenceExecutionConfig);
        foreach (var container in request.PrimaryContainer is { } primary ? [primary] : request.Containers!)
        {
            if (string.IsNullOrEmpty(container.Image))
            {
                throw HostingErrors.Validation("You must provide an Image for each container.");
            }

            ModelData.Check(container, objects);
        }
    }

    private static void CheckSeveral(List<ContainerDefinition> containers, InferenceExecutionConfig? execution)
    {
        var direct = execution?.Mode == InferenceExecutionMode.Direct;
        if (containers.FindIndex(container => container.Mode == ContainerMode.MultiModel) is var multi and >= 0 && containers.Count > 1)
        {
            throw HostingErrors.Validation($"Container {multi + 1} is in Mode MultiModel, which is only possible for a model of one container.");
        }

        var names = containers.Select(container => container.ContainerHostname).OfType<string>().ToList();
        if (names.Count != names.Distinct(StringComparer.Ordinal).Count())
        {
            throw HostingErrors.Validation("ContainerHostname must be unique among the containers of a model.");
        }

        if (direct && names.Count != containers.Count)
        {
            throw HostingErrors.Validation("Every container of a model with InferenceExecutionConfig Mode Direct needs a ContainerHostname.");
        }
    }
}
