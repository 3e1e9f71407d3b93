using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Tagging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Processing;

/// <summary>Implements <c>CreateProcessingJob</c>: stores the wish; the reconciler does the rest.</summary>
internal sealed class CreateProcessingJobOperation(IResourceStore store, TimeProvider clock) : IOperation<CreateProcessingJobRequest, CreateProcessingJobResponse>
{
    private const int DefaultMaxRuntimeInSeconds = 86_400;

    private readonly ResourceSet<ProcessingJobDocument> _jobs = store.For(ProcessingJobs.Kind);

    /// <inheritdoc/>
    public async ValueTask<CreateProcessingJobResponse> InvokeAsync(CreateProcessingJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        List<ResourceTag> tags = [.. TaggingCapability.Read(request.Tags), .. Creator.TagFor(context.Principal)];
        ProcessingRules.Check(request);

        // In lower case as SageMaker's, so names that differ in case alone collide.
#pragma warning disable CA1308
        var arn = context.Arn("sagemaker", $"processing-job/{request.ProcessingJobName.ToLowerInvariant()}");
#pragma warning restore CA1308
        var document = new ProcessingJobDocument
        {
            Id = Guid.CreateVersion7().ToString("N"),
            Job = new DescribeProcessingJobResponse
            {
                ProcessingJobName = request.ProcessingJobName,
                ProcessingJobArn = arn,
                ProcessingInputs = request.ProcessingInputs,
                ProcessingOutputConfig = request.ProcessingOutputConfig,
                ProcessingResources = request.ProcessingResources,
                StoppingCondition = request.StoppingCondition ?? new ProcessingStoppingCondition { MaxRuntimeInSeconds = DefaultMaxRuntimeInSeconds },
                AppSpecification = request.AppSpecification,
                Environment = request.Environment,
                NetworkConfig = request.NetworkConfig,
                RoleArn = request.RoleArn,
                ExperimentConfig = request.ExperimentConfig,
                ProcessingJobStatus = ProcessingJobStatus.InProgress,
                CreationTime = clock.GetUtcNow(),
            },
        };
        var added = await _jobs.TryAddAsync(_jobs.Key(context.AccountId, context.Region, request.ProcessingJobName), arn, document, tags, cancellationToken);
        return added is not null
            ? new CreateProcessingJobResponse { ProcessingJobArn = arn }
            : throw SageMakerErrors.ResourceInUse(
                $"Processing job names must be unique within an AWS account and region, and a processing job with this name already exists ({arn})");
    }
}
