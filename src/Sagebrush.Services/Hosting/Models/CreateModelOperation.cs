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

        foreach (var container in request.PrimaryContainer is { } primary ? [primary] : request.Containers!)
        {
            if (container.ModelPackageName is not null)
            {
                throw HostingErrors.Unsupported("ModelPackageName");
            }

            if (container.Mode == ContainerMode.MultiModel)
            {
                throw HostingErrors.Unsupported("Mode MultiModel");
            }

            if (string.IsNullOrEmpty(container.Image))
            {
                throw HostingErrors.Validation("You must provide an Image for each container.");
            }

            if (ModelUrl(container) is { } url
                && (!S3Location.TryParse(url, out var location) || objects.FindBucket(location.Bucket) is null
                    || objects.FindObject(location.Bucket, location.Key) is null))
            {
                throw HostingErrors.Validation($"Could not find model data at {url}.");
            }
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
