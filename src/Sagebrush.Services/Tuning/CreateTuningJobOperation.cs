using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Tagging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Tuning;

/// <summary>Implements <c>CreateHyperParameterTuningJob</c>: stores the wish; the reconciler does the rest.</summary>
internal sealed class CreateTuningJobOperation(IResourceStore store, TimeProvider clock)
    : IOperation<CreateHyperParameterTuningJobRequest, CreateHyperParameterTuningJobResponse>
{
    private readonly ResourceSet<TuningJobDocument> _jobs = store.For(TuningJobs.Kind);

    /// <inheritdoc/>
    public async ValueTask<CreateHyperParameterTuningJobResponse> InvokeAsync(
        CreateHyperParameterTuningJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        List<ResourceTag> tags = [.. TaggingCapability.Read(request.Tags), .. Creator.TagFor(context.Principal)];
        var definitions = TuningRules.Definitions(request);
        Autotuning.Complete(request, definitions);
        TuningRules.Check(request, definitions);
        var inherited = await new WarmStart(store).InheritAsync(request, definitions, context, cancellationToken);

        // In lower case as SageMaker's, so names that differ in case alone collide.
#pragma warning disable CA1308
        var arn = context.Arn("sagemaker", $"hyper-parameter-tuning-job/{request.HyperParameterTuningJobName.ToLowerInvariant()}");
#pragma warning restore CA1308
        var id = Guid.CreateVersion7().ToString("N");
        var document = new TuningJobDocument
        {
            Id = id,
            Seed = request.HyperParameterTuningJobConfig.RandomSeed ?? (int)(Convert.ToUInt32(id[^8..], 16) >> 1),
            Job = Describe(request, arn),
            Inherited = inherited,
        };
        var added = await _jobs.TryAddAsync(_jobs.Key(context.AccountId, context.Region, request.HyperParameterTuningJobName), arn, document, tags, cancellationToken);
        return added is not null
            ? new CreateHyperParameterTuningJobResponse { HyperParameterTuningJobArn = arn }
            : throw SageMakerErrors.ResourceInUse(
                $"Hyperparameter tuning job names must be unique within an AWS account and region, and a job with this name already exists ({arn})");
    }

    private DescribeHyperParameterTuningJobResponse Describe(CreateHyperParameterTuningJobRequest request, string arn)
    {
        request.HyperParameterTuningJobConfig.TrainingJobEarlyStoppingType ??= TrainingJobEarlyStoppingType.Off;
        return new DescribeHyperParameterTuningJobResponse
        {
            HyperParameterTuningJobName = request.HyperParameterTuningJobName,
            HyperParameterTuningJobArn = arn,
            HyperParameterTuningJobConfig = request.HyperParameterTuningJobConfig,
            TrainingJobDefinition = request.TrainingJobDefinition,
            TrainingJobDefinitions = request.TrainingJobDefinitions,
            HyperParameterTuningJobStatus = HyperParameterTuningJobStatus.InProgress,
            CreationTime = clock.GetUtcNow(),
            TrainingJobStatusCounters = new TrainingJobStatusCounters(),
            ObjectiveStatusCounters = new ObjectiveStatusCounters(),
            WarmStartConfig = request.WarmStartConfig,
            Autotune = request.Autotune,
        };
    }
}
