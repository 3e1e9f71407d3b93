using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.Services.Tagging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Transform;

/// <summary>Implements <c>CreateTransformJob</c>: stores the wish; the reconciler does the rest.</summary>
internal sealed class CreateTransformJobOperation(IResourceStore store, ModelHost models, TimeProvider clock)
    : IOperation<CreateTransformJobRequest, CreateTransformJobResponse>
{
    private readonly ResourceSet<TransformJobDocument> _jobs = store.For(TransformJobs.Kind);

    public async ValueTask<CreateTransformJobResponse> InvokeAsync(
        CreateTransformJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var tags = TaggingCapability.Read(request.Tags);
        TransformJobRules.Check(request);
        var containers = await models.FindAsync(context.AccountId, context.Region, request.ModelName, cancellationToken)
            ?? throw Refusals.Validation($"Could not find model \"{context.Arn("sagemaker", $"model/{Lower(request.ModelName)}")}\".");
        var arn = context.Arn("sagemaker", $"transform-job/{Lower(request.TransformJobName)}");
        var document = new TransformJobDocument
        {
            Id = Guid.CreateVersion7().ToString("N"),
            Containers = containers,
            Job = Describe(request, arn),
        };
        var added = await _jobs.TryAddAsync(_jobs.Key(context.AccountId, context.Region, request.TransformJobName), arn, document, tags, cancellationToken);
        return added is not null
            ? new CreateTransformJobResponse { TransformJobArn = arn }
            : throw SageMakerErrors.ResourceInUse(
                $"Job name must be unique within an AWS account and region, and a job with this name already exists ({arn})");
    }

    private DescribeTransformJobResponse Describe(CreateTransformJobRequest request, string arn)
    {
        request.TransformInput.CompressionType ??= CompressionType.None;
        request.TransformInput.SplitType ??= SplitType.None;
        request.TransformOutput.AssembleWith ??= AssemblyType.None;
        request.TransformOutput.KmsKeyId ??= "";
        return new DescribeTransformJobResponse
        {
            TransformJobName = request.TransformJobName,
            TransformJobArn = arn,
            TransformJobStatus = TransformJobStatus.InProgress,
            ModelName = request.ModelName,
            MaxConcurrentTransforms = request.MaxConcurrentTransforms,
            ModelClientConfig = request.ModelClientConfig,
            MaxPayloadInMB = request.MaxPayloadInMB,
            BatchStrategy = request.BatchStrategy,
            Environment = request.Environment,
            TransformInput = request.TransformInput,
            TransformOutput = request.TransformOutput,
            DataCaptureConfig = request.DataCaptureConfig,
            TransformResources = request.TransformResources,
            CreationTime = clock.GetUtcNow(),
            DataProcessing = request.DataProcessing,
            ExperimentConfig = request.ExperimentConfig,
        };
    }

#pragma warning disable CA1308 // Lower case is what AWS writes; it is no normal form for comparison.
    private static string Lower(string name) => name.ToLowerInvariant();
#pragma warning restore CA1308
}
