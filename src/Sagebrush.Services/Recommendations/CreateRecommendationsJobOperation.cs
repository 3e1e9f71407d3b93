using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Recommendations;

/// <summary>Implements <c>CreateInferenceRecommendationsJob</c>: stores the benchmarks to run; the reconciler runs them.</summary>
internal sealed class CreateRecommendationsJobOperation(IResourceStore store, IObjectStore objects, ModelHost models)
    : IOperation<CreateInferenceRecommendationsJobRequest, CreateInferenceRecommendationsJobResponse>
{
    private readonly ResourceSet<RecommendationJobDocument> _jobs = store.For(RecommendationCapability.JobKind);

    public async ValueTask<CreateInferenceRecommendationsJobResponse> InvokeAsync(
        CreateInferenceRecommendationsJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var input = request.InputConfig;
        var isAdvanced = request.JobType == RecommendationJobType.Advanced;
        await CheckModelAsync(input, context, cancellationToken);
        CheckPayload(input);
        CheckTraffic(input, isAdvanced);
        var machine = MachineCapacity.Detect();
        foreach (var type in (input.EndpointConfigurations ?? []).Select(config => config.InstanceType))
        {
            if (!Candidates.Fits(type!, machine))
            {
                throw Refusals.Validation(
                    $"EndpointConfigurations: {type} cannot be emulated on this machine, which has {machine.VCpus} vCPUs, {machine.MemoryBytes >> 30} GiB and {machine.Gpus} GPUs.");
            }
        }

        var benchmarks = Candidates.Of(input, isAdvanced, machine);
        if (benchmarks.Count == 0)
        {
            throw Refusals.Validation("ContainerConfig.SupportedInstanceTypes: this machine can emulate none of them.");
        }

        var arn = context.Arn("sagemaker", $"inference-recommendations-job/{request.JobName}");
        var tags = (request.Tags ?? []).Select(tag => new ResourceTag(tag.Key, tag.Value)).ToList();
        request.Tags = null;
        var added = await _jobs.TryAddAsync(
            _jobs.Key(context.AccountId, context.Region, request.JobName),
            arn,
            new RecommendationJobDocument { Request = request, Status = RecommendationJobStatus.Pending, Benchmarks = benchmarks },
            tags,
            cancellationToken);
        return added is null
            ? throw SageMakerErrors.ResourceInUse($"An inference recommendations job with the name {request.JobName} exists already.")
            : new CreateInferenceRecommendationsJobResponse { JobArn = arn };
    }

    private async ValueTask CheckModelAsync(RecommendationJobInputConfig input, CallContext context, CancellationToken cancellationToken)
    {
        if (input.ModelName is null)
        {
            throw Refusals.Validation(input.ModelPackageVersionArn is null
                ? "InputConfig: either ModelName or ModelPackageVersionArn is required."
                : "InputConfig.ModelPackageVersionArn is not supported yet: create a model of the package and give its ModelName.");
        }

        if (await models.FindAsync(context.AccountId, context.Region, input.ModelName, cancellationToken) is null)
        {
            throw Refusals.Validation($"Could not find model \"{context.Arn("sagemaker", $"model/{input.ModelName}")}\".");
        }

        if (input.Endpoints is { Count: > 0 })
        {
            throw Refusals.Validation("InputConfig.Endpoints is not supported: the model is tested by itself.");
        }
    }

    private void CheckPayload(RecommendationJobInputConfig input)
    {
        var url = input.ContainerConfig?.PayloadConfig?.SamplePayloadUrl
            ?? throw Refusals.Validation("InputConfig.ContainerConfig.PayloadConfig.SamplePayloadUrl is required with ModelName.");
        if (!S3Location.TryParse(url, out var location) || objects.FindBucket(location.Bucket) is null || objects.FindObject(location.Bucket, location.Key) is null)
        {
            throw Refusals.Validation($"InputConfig.ContainerConfig.PayloadConfig.SamplePayloadUrl: there is no object at {url}.");
        }
    }

    private static void CheckTraffic(RecommendationJobInputConfig input, bool isAdvanced)
    {
        if (isAdvanced && (input.EndpointConfigurations is not { Count: > 0 } configs || configs.Exists(config => config.InstanceType is null)))
        {
            throw Refusals.Validation("InputConfig.EndpointConfigurations, each with an InstanceType, is required for JobType Advanced; ServerlessConfig is not supported.");
        }

        if (!isAdvanced && (input.EndpointConfigurations is not null || input.TrafficPattern is not null))
        {
            throw Refusals.Validation("InputConfig.EndpointConfigurations and InputConfig.TrafficPattern go with JobType Advanced only.");
        }

        if (input.TrafficPattern is { } pattern && (pattern.TrafficType == TrafficType.Stairs ? pattern.Stairs is null : pattern.Phases is null))
        {
            throw Refusals.Validation("InputConfig.TrafficPattern: Phases are required for TrafficType PHASES, Stairs for STAIRS.");
        }
    }
}
