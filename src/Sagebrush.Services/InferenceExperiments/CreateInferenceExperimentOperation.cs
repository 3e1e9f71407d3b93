using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.InferenceExperiments;

/// <summary>Implements <c>CreateInferenceExperiment</c>: stores the wish; the reconciler deploys the shadow.</summary>
internal sealed class CreateInferenceExperimentOperation(IResourceStore store, EndpointDeployments endpoints, ModelHost models, TimeProvider time)
    : IOperation<CreateInferenceExperimentRequest, CreateInferenceExperimentResponse>
{
    private readonly ResourceSet<InferenceExperimentDocument> _experiments = store.For(InferenceExperimentCapability.ExperimentKind);

    public async ValueTask<CreateInferenceExperimentResponse> InvokeAsync(
        CreateInferenceExperimentRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var (start, end) = InferenceExperimentRules.Times(request.Schedule, time.GetUtcNow());
        await InferenceExperimentRules.CheckVariantsAsync(request.ModelVariants, request.ShadowModeConfig, models, context, cancellationToken);
        if (request.DataStorageConfig is { } storage && !S3Location.TryParse(storage.Destination, out _))
        {
            throw Refusals.Validation($"DataStorageConfig.Destination: '{storage.Destination}' is not a place in S3, such as s3://bucket/prefix.");
        }

        var endpoint = await endpoints.FindAsync(context.AccountId, context.Region, request.EndpointName, cancellationToken)
            ?? throw Refusals.Validation($"Could not find endpoint \"{context.Arn("sagemaker", $"endpoint/{request.EndpointName}")}\".");
        if (endpoint.Status != EndpointStatus.InService)
        {
            throw Refusals.Validation($"Endpoint \"{request.EndpointName}\" is {endpoint.Status}; an inference experiment needs one that is InService.");
        }

        if (endpoint.Variants is not [var only] || only.VariantName != request.ShadowModeConfig.SourceModelVariantName)
        {
            throw Refusals.Validation(
                $"Endpoint \"{request.EndpointName}\" must have the one production variant \"{request.ShadowModeConfig.SourceModelVariantName}\"; " +
                $"it has {string.Join(", ", endpoint.Variants.Select(variant => variant.VariantName))}.");
        }

        var arn = context.Arn("sagemaker", $"inference-experiment/{request.Name}");
        var tags = (request.Tags ?? []).Select(tag => new ResourceTag(tag.Key, tag.Value)).ToList();
        request.Tags = null;
        var experiment = new InferenceExperimentDocument { Request = request, Status = InferenceExperimentStatus.Creating, Start = start, End = end };
        var added = await _experiments.TryAddAsync(
            _experiments.Key(context.AccountId, context.Region, request.Name), arn, experiment, tags, cancellationToken);
        return added is null
            ? throw SageMakerErrors.ResourceInUse($"An inference experiment with the name {request.Name} exists already.")
            : new CreateInferenceExperimentResponse { InferenceExperimentArn = arn };
    }
}
