using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.Services.Hosting.Serverless;
using Sagebrush.Services.ModelRegistry;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Recommendations;

/// <summary>Implements <c>CreateInferenceRecommendationsJob</c>: stores the benchmarks to run; the reconciler runs them.</summary>
internal sealed class CreateRecommendationsJobOperation(
    IResourceStore store, IObjectStore objects, ModelHost models, IModelPackages packages, ExistingEndpoints endpoints)
    : IOperation<CreateInferenceRecommendationsJobRequest, CreateInferenceRecommendationsJobResponse>
{
    private readonly ResourceSet<RecommendationJobDocument> _jobs = store.For(RecommendationCapability.JobKind);

    public async ValueTask<CreateInferenceRecommendationsJobResponse> InvokeAsync(
        CreateInferenceRecommendationsJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var input = request.InputConfig;
        var isAdvanced = request.JobType == RecommendationJobType.Advanced;
        if (input.ModelName is null == input.ModelPackageVersionArn is null)
        {
            throw Refusals.Validation("InputConfig: one of ModelName and ModelPackageVersionArn is required, and only one.");
        }

        CheckTraffic(input, isAdvanced);
        var package = input.ModelPackageVersionArn is null ? null : await packages.ModelAsync(input.ModelPackageVersionArn, context, cancellationToken);
        var containers = package?.Containers ?? await ContainersAsync(input, context, cancellationToken);
        CheckPayload(input.ContainerConfig?.PayloadConfig?.SamplePayloadUrl, package);
        var machine = MachineCapacity.Detect();
        foreach (var type in (input.EndpointConfigurations ?? []).Select(config => config.InstanceType).OfType<string>())
        {
            if (!Candidates.Fits(type, machine))
            {
                throw Refusals.Validation(
                    $"EndpointConfigurations: {type} cannot be emulated on this machine, which has {machine.VCpus} vCPUs, {machine.MemoryBytes >> 30} GiB and {machine.Gpus} GPUs.");
            }
        }

        var canBeServerless = containers is [{ Mode: not ContainerMode.MultiModel }];
        if (!canBeServerless && (input.ContainerConfig?.SupportedEndpointType == RecommendationJobSupportedEndpointType.Serverless
            || input.EndpointConfigurations?.Exists(config => config.ServerlessConfig is not null) == true))
        {
            throw Refusals.Validation("A model of several containers, or of a multi-model container, cannot be served by a serverless endpoint.");
        }

        List<Benchmark> benchmarks = [];
        foreach (var endpoint in input.Endpoints ?? [])
        {
            var name = endpoint.EndpointName ?? throw Refusals.Validation("InputConfig.Endpoints: EndpointName is required.");
            benchmarks.Add(await endpoints.FindAsync(name, context, cancellationToken));
        }

        benchmarks.AddRange(Candidates.Of(input, isAdvanced, machine, package?.InstanceTypes ?? [], canBeServerless));
        if (benchmarks.TrueForAll(benchmark => benchmark.Endpoint is not null))
        {
            throw Refusals.Validation(
                $"{(input.ContainerConfig?.SupportedInstanceTypes is { Count: > 0 } ? "ContainerConfig.SupportedInstanceTypes" : "SupportedRealtimeInferenceInstanceTypes of the model package")}: " +
                "this machine can emulate none of them.");
        }

        var arn = context.Arn("sagemaker", $"inference-recommendations-job/{request.JobName}");
        var tags = (request.Tags ?? []).Select(tag => new ResourceTag(tag.Key, tag.Value)).ToList();
        request.Tags = null;
        var added = await _jobs.TryAddAsync(
            _jobs.Key(context.AccountId, context.Region, request.JobName),
            arn,
            new RecommendationJobDocument { Request = request, Package = package, Status = RecommendationJobStatus.Pending, Benchmarks = benchmarks },
            tags,
            cancellationToken);
        return added is null
            ? throw SageMakerErrors.ResourceInUse($"An inference recommendations job with the name {request.JobName} exists already.")
            : new CreateInferenceRecommendationsJobResponse { JobArn = arn };
    }

    private async ValueTask<IReadOnlyList<ContainerDefinition>> ContainersAsync(RecommendationJobInputConfig input, CallContext context, CancellationToken cancellationToken) =>
        await models.FindAsync(context.AccountId, context.Region, input.ModelName!, cancellationToken)
        ?? throw Refusals.Validation($"Could not find model \"{context.Arn("sagemaker", $"model/{input.ModelName}")}\".");

    private void CheckPayload(string? wished, PackagedModel? package)
    {
        const string Member = "InputConfig.ContainerConfig.PayloadConfig.SamplePayloadUrl";
        var url = wished ?? package?.SamplePayloadUrl ?? throw Refusals.Validation(
            package is null ? $"{Member} is required with ModelName." : $"{Member} is required, since the model package has no SamplePayloadUrl.");
        if (!S3Location.TryParse(url, out var location) || objects.FindBucket(location.Bucket) is null || objects.FindObject(location.Bucket, location.Key) is null)
        {
            throw Refusals.Validation($"{(wished is null ? "SamplePayloadUrl of the model package" : Member)}: there is no object at {url}.");
        }
    }

    private static void CheckTraffic(RecommendationJobInputConfig input, bool isAdvanced)
    {
        if (isAdvanced && (input.EndpointConfigurations is not { Count: > 0 } configs
            || configs.Exists(config => config.InstanceType is null == config.ServerlessConfig is null)))
        {
            throw Refusals.Validation("InputConfig.EndpointConfigurations, each with either an InstanceType or a ServerlessConfig, is required for JobType Advanced.");
        }

        foreach (var serverless in (input.EndpointConfigurations ?? []).Select(config => config.ServerlessConfig).OfType<ProductionVariantServerlessConfig>())
        {
            ServerlessRules.Check(serverless);
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
