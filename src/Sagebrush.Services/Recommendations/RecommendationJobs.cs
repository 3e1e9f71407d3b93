using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Recommendations;

/// <summary>The operations on recommendation jobs that read, list and stop.</summary>
internal sealed class RecommendationJobs(IResourceStore store)
{
    private const int StepsPerPage = 100;

    private readonly ResourceSet<RecommendationJobDocument> _jobs = store.For(RecommendationCapability.JobKind);

    public async ValueTask<DescribeInferenceRecommendationsJobResponse> DescribeAsync(
        DescribeInferenceRecommendationsJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await FindAsync(request.JobName, context, cancellationToken);
        var job = stored.Document;
        var measured = job.Benchmarks.Where(benchmark => benchmark is { Result: not null, Endpoint: null }).OrderBy(CostPerInference).ToList();
        var endpoints = job.Benchmarks.Where(benchmark => benchmark is { Result: not null, Endpoint: not null }).ToList();
        return new DescribeInferenceRecommendationsJobResponse
        {
            JobName = job.Request.JobName,
            JobDescription = job.Request.JobDescription,
            JobType = job.Request.JobType,
            JobArn = stored.Arn,
            RoleArn = job.Request.RoleArn,
            Status = job.Status,
            CreationTime = stored.Created,
            CompletionTime = job.Completed,
            LastModifiedTime = stored.Modified,
            FailureReason = job.FailureReason,
            InputConfig = job.Request.InputConfig,
            StoppingConditions = job.Request.StoppingConditions,
            InferenceRecommendations = measured.Count == 0 ? null : [.. measured.Select(benchmark => new InferenceRecommendation
            {
                RecommendationId = $"{job.Request.JobName}/{benchmark.Id}",
                Metrics = Metrics(benchmark),
                EndpointConfiguration = Endpoint(job, benchmark),
                ModelConfiguration = Model(benchmark),
                InvocationStartTime = benchmark.Start,
                InvocationEndTime = benchmark.End,
            })],
            EndpointPerformances = endpoints.Count == 0 ? null : [.. endpoints.Select(benchmark => new EndpointPerformance
            {
                EndpointInfo = new EndpointInfo { EndpointName = benchmark.Endpoint!.Name },
                Metrics = EndpointMetrics(benchmark),
            })],
        };
    }

    public async ValueTask<ListInferenceRecommendationsJobsResponse> ListAsync(
        ListInferenceRecommendationsJobsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var query = ResourceLists.Query(
            context, RecommendationCapability.JobKind.Name, request.SortBy, request.SortOrder, request.NameContains, request.MaxResults, request.NextToken);
        var page = await _jobs.PageAsync(
            query with
            {
                Status = request.StatusEquals,
                CreatedAfter = request.CreationTimeAfter,
                CreatedBefore = request.CreationTimeBefore,
                ModifiedAfter = request.LastModifiedTimeAfter,
                ModifiedBefore = request.LastModifiedTimeBefore,
            },
            cancellationToken);
        return new ListInferenceRecommendationsJobsResponse
        {
            InferenceRecommendationsJobs = [.. page.Items
                .Where(item => request.ModelNameEquals is null || item.Document.Request.InputConfig.ModelName == request.ModelNameEquals)
                .Where(item => request.ModelPackageVersionArnEquals is null || item.Document.Request.InputConfig.ModelPackageVersionArn == request.ModelPackageVersionArnEquals)
                .Select(item => new InferenceRecommendationsJob
                {
                    JobName = item.Key.Name,
                    JobDescription = item.Document.Request.JobDescription ?? "",
                    JobType = item.Document.Request.JobType,
                    JobArn = item.Arn,
                    Status = item.Document.Status,
                    CreationTime = item.Created,
                    CompletionTime = item.Document.Completed,
                    RoleArn = item.Document.Request.RoleArn,
                    LastModifiedTime = item.Modified,
                    FailureReason = item.Document.FailureReason,
                    ModelName = item.Document.Request.InputConfig.ModelName,
                    ModelPackageVersionArn = item.Document.Request.InputConfig.ModelPackageVersionArn,
                    SamplePayloadUrl = item.Document.PayloadUrl,
                })],
            NextToken = page.NextToken,
        };
    }

    public async ValueTask<ListInferenceRecommendationsJobStepsResponse> ListStepsAsync(
        ListInferenceRecommendationsJobStepsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var job = (await FindAsync(request.JobName, context, cancellationToken)).Document;
        return new ListInferenceRecommendationsJobStepsResponse
        {
            Steps = [.. job.Benchmarks.Where(benchmark => request.Status is null || benchmark.Status == request.Status).Take(request.MaxResults ?? StepsPerPage)
                .Select(benchmark => new InferenceRecommendationsJobStep
                {
                    StepType = RecommendationStepType.Benchmark,
                    JobName = job.Request.JobName,
                    Status = benchmark.Status,
                    InferenceBenchmark = new RecommendationJobInferenceBenchmark
                    {
                        Metrics = benchmark.Result is null || benchmark.Endpoint is not null ? null : Metrics(benchmark),
                        EndpointMetrics = benchmark.Result is null || benchmark.Endpoint is null ? null : EndpointMetrics(benchmark),
                        EndpointConfiguration = Endpoint(job, benchmark),
                        ModelConfiguration = Model(benchmark),
                        FailureReason = benchmark.FailureReason,
                        InvocationStartTime = benchmark.Start,
                        InvocationEndTime = benchmark.End,
                    },
                })],
        };
    }

    public async ValueTask<EmptyShape> StopAsync(StopInferenceRecommendationsJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        _ = await _jobs.UpdateAsync(
            context.AccountId,
            context.Region,
            request.JobName,
            job => job.Status is RecommendationJobStatus.Pending or RecommendationJobStatus.InProgress ? job with { Status = RecommendationJobStatus.Stopping }
                : job.Status == RecommendationJobStatus.Stopping ? null
                : throw Refusals.Validation($"The inference recommendations job {request.JobName} is in status {job.Status} and cannot be stopped."),
            cancellationToken) ?? throw NotFound(request.JobName);
        return EmptyShape.Instance;
    }

    /// <summary>What was measured, and what it would cost.</summary>
    /// <remarks>A serverless endpoint costs nothing by the hour, and its processors and memory are many environments' together.</remarks>
    public static RecommendationMetrics Metrics(Benchmark benchmark) => new()
    {
        MaxInvocations = benchmark.Result!.InvocationsPerMinute,
        ModelLatency = benchmark.Result.LatencyMicroseconds,
        CpuUtilization = benchmark.Serverless is null ? (float)benchmark.Result.CpuPercent : null,
        MemoryUtilization = benchmark.Serverless is null ? (float)benchmark.Result.MemoryPercent : null,
        ModelSetupTime = benchmark.Result.SetupSeconds,
        CostPerHour = benchmark.InstanceType is { } type ? (float?)InstanceCatalogue.Get(type).HourlyPriceUsd : null,
        CostPerInference = (float?)CostPerInference(benchmark),
    };

    private static InferenceMetrics EndpointMetrics(Benchmark benchmark) =>
        new() { MaxInvocations = benchmark.Result!.InvocationsPerMinute, ModelLatency = benchmark.Result.LatencyMicroseconds };

    private static decimal? CostPerInference(Benchmark benchmark) => benchmark.Serverless is { } serverless
        ? ServerlessPrice.Of(serverless.MemorySizeInMB, TimeSpan.FromMicroseconds(benchmark.Result!.LatencyMicroseconds))
        : InstanceCatalogue.Get(benchmark.InstanceType!).HourlyPriceUsd / 60 / Math.Max(1, benchmark.Result!.InvocationsPerMinute);

    private static EndpointOutputConfiguration Endpoint(RecommendationJobDocument job, Benchmark benchmark) => new()
    {
        EndpointName = benchmark.Endpoint?.Name ?? $"sm-epc-{(job.Request.JobName.Length > 40 ? job.Request.JobName[..40] : job.Request.JobName)}-{benchmark.Id}",
        VariantName = benchmark.Endpoint?.Variant ?? $"sm-epc-{benchmark.Id}",
        InstanceType = benchmark.InstanceType,
        InitialInstanceCount = benchmark.Serverless is null ? benchmark.Endpoint?.InstanceCount ?? 1 : null,
        ServerlessConfig = benchmark.Serverless,
    };

    private static ModelConfiguration Model(Benchmark benchmark) => new()
    {
        EnvironmentParameters = benchmark.Environment.Count == 0 ? null : [.. benchmark.Environment.Select(pair => new EnvironmentParameter
        {
            Key = pair.Key,
            ValueType = "String",
            Value = pair.Value,
        })],
    };

    private async Task<Stored<RecommendationJobDocument>> FindAsync(string name, CallContext context, CancellationToken cancellationToken) =>
        await _jobs.FindAsync(context.AccountId, context.Region, name, cancellationToken) ?? throw NotFound(name);

    private static ServiceException NotFound(string name) => SageMakerErrors.ResourceNotFound($"Could not find inference recommendations job \"{name}\".");
}
