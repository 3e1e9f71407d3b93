using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Models;

/// <summary>Implements <c>CreateModel</c>: stores an immutable definition and answers with its ARN.</summary>
internal sealed class CreateModelOperation(IResourceStore store, IObjectStore objects)
    : IOperation<CreateModelInput, CreateModelOutput>
{
    private readonly ResourceSet<CreateModelInput> _models = store.For(HostingKinds.Model);

    public async ValueTask<CreateModelOutput> InvokeAsync(
        CreateModelInput request, CallContext context, CancellationToken cancellationToken)
    {
        CheckContainers(request);
        var arn = context.ModelArn(request.ModelName);
        var tags = HostingKinds.Tags(request.Tags);
        request.Tags = null;
        var added = await _models.TryAddAsync(
            _models.Key(context.AccountId, context.Region, request.ModelName), arn, request, tags, cancellationToken);
        return added is null ? throw HostingErrors.Exists("model", arn) : new CreateModelOutput { ModelArn = arn };
    }

    private void CheckContainers(CreateModelInput request)
    {
        if (request.PrimaryContainer is not null == request.Containers is { Count: > 0 })
        {
            throw HostingErrors.Validation(request.PrimaryContainer is null
                ? "You must provide either PrimaryContainer or Containers."
                : "You cannot provide both PrimaryContainer and Containers.");
        }

        CheckSeveral(request.Containers ?? [], request.InferenceExecutionConfig);
        foreach (var container in request.PrimaryContainer is { } primary ? [primary] : request.Containers!)
        {
            if (container.ModelPackageName is not null)
            {
                throw HostingErrors.Unsupported("ModelPackageName");
            }

            if (string.IsNullOrEmpty(container.Image))
            {
                throw HostingErrors.Validation("You must provide an Image for each container.");
            }

            if (container.Mode == ContainerMode.MultiModel)
            {
                CheckMultiModel(container);
            }
            else if (ModelUrl(container) is { } url
                && (!S3Location.TryParse(url, out var location) || objects.FindBucket(location.Bucket) is null
                    || objects.FindObject(location.Bucket, location.Key) is null))
            {
                throw HostingErrors.Validation($"Could not find model data at {url}.");
            }
        }
    }

    private void CheckMultiModel(ContainerDefinition container)
    {
        if (!S3Location.TryParse(ModelUrl(container), out var prefix) || objects.FindBucket(prefix.Bucket) is null)
        {
            throw HostingErrors.Validation(
                $"A container in Mode MultiModel needs a ModelDataUrl that is an S3 prefix in a bucket that exists, not \"{container.ModelDataUrl}\".");
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

    private static string? ModelUrl(ContainerDefinition container)
    {
        if (container.ModelDataSource is not null || container.AdditionalModelDataSources is not null)
        {
            throw HostingErrors.Unsupported("ModelDataSource");
        }

        return string.IsNullOrEmpty(container.ModelDataUrl) ? null : container.ModelDataUrl;
    }
}
