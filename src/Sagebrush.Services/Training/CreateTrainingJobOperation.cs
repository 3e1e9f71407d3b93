using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Algorithms;
using Sagebrush.Services.Tagging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Training;

/// <summary>Implements <c>CreateTrainingJob</c>: stores the wish; the reconciler does the rest.</summary>
internal sealed class CreateTrainingJobOperation(IResourceStore store, TimeProvider clock) : IOperation<CreateTrainingJobRequest, CreateTrainingJobResponse>
{
    private const int DefaultMaxRuntimeInSeconds = 86_400;

    private readonly ResourceSet<TrainingJobDocument> _jobs = store.For(TrainingJobs.Kind);

    /// <inheritdoc/>
    public ValueTask<CreateTrainingJobResponse> InvokeAsync(CreateTrainingJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        return CreateAsync(request, context.AccountId, context.Region, Creator.TagFor(context.Principal), static _ => { }, cancellationToken);
    }

    /// <summary>Creates a job for a caller, or for another capability that needs one.</summary>
    /// <param name="request">What to create.</param>
    /// <param name="account">Whose it is.</param>
    /// <param name="region">Where it is.</param>
    /// <param name="ownTags">Tags beyond those of the request, which may be reserved ones.</param>
    /// <param name="mark">Notes on the job what it belongs to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceException">The request is wrong, or the name is taken.</exception>
    public async ValueTask<CreateTrainingJobResponse> CreateAsync(
        CreateTrainingJobRequest request,
        string account,
        string region,
        IEnumerable<ResourceTag> ownTags,
        Action<DescribeTrainingJobResponse> mark,
        CancellationToken cancellationToken)
    {
        List<ResourceTag> tags = [.. TaggingCapability.Read(request.Tags), .. ownTags];
        var algorithm = await FindAlgorithmAsync(request.AlgorithmSpecification is { TrainingImage: null, AlgorithmName: { } name } ? name : null, account, region, cancellationToken);
        var program = TrainingJobRules.Check(request, algorithm);

        // AWS's ARNs of training jobs are in lower case, which also makes names that differ in case alone collide.
#pragma warning disable CA1308
        var arn = $"arn:aws:sagemaker:{region}:{account}:training-job/{request.TrainingJobName.ToLowerInvariant()}";
#pragma warning restore CA1308
        var document = new TrainingJobDocument { Id = Guid.CreateVersion7().ToString("N"), Job = Describe(request, program, arn), AlgorithmImage = algorithm?.TrainingImage };
        mark(document.Job);
        document.Enter(SecondaryStatus.Starting, "Starting the training job", document.Job.CreationTime);
        var added = await _jobs.TryAddAsync(_jobs.Key(account, region, request.TrainingJobName), arn, document, tags, cancellationToken);
        return added is not null
            ? new CreateTrainingJobResponse { TrainingJobArn = arn }
            : throw SageMakerErrors.ResourceInUse(
                $"Training job names must be unique within an AWS account and region, and a training job with this name already exists ({arn})");
    }

    private async ValueTask<TrainingSpecification?> FindAlgorithmAsync(string? name, string account, string region, CancellationToken cancellationToken) => name is null
        ? null
        : (await new AlgorithmRegistry(store).FindAsync(account, region, name, cancellationToken)
            ?? throw Refusals.Validation($"Algorithm {name} does not exist.")).TrainingSpecification;

    private DescribeTrainingJobResponse Describe(CreateTrainingJobRequest request, TrainingProgram program, string arn)
    {
        var now = clock.GetUtcNow();
        var algorithm = request.AlgorithmSpecification!;
        if (program.Algorithm is { } builtIn && algorithm.MetricDefinitions is not { Count: > 0 })
        {
            algorithm.MetricDefinitions = [.. builtIn.Metrics.Select(metric => new MetricDefinition { Name = metric.Name, Regex = metric.Regex })];
        }

        foreach (var channel in request.InputDataConfig ?? [])
        {
            channel.CompressionType ??= CompressionType.None;
            channel.RecordWrapperType ??= RecordWrapper.None;
            channel.DataSource.S3DataSource?.S3DataDistributionType ??= S3DataDistribution.FullyReplicated;
        }

        var stopping = request.StoppingCondition ?? new StoppingCondition();
        stopping.MaxRuntimeInSeconds ??= DefaultMaxRuntimeInSeconds;
        return new DescribeTrainingJobResponse
        {
            TrainingJobName = request.TrainingJobName,
            TrainingJobArn = arn,
            ModelArtifacts = new ModelArtifacts { S3ModelArtifacts = JobArtifacts.ModelUri(request.OutputDataConfig, request.TrainingJobName) },
            TrainingJobStatus = TrainingJobStatus.InProgress,
            SecondaryStatus = SecondaryStatus.Starting,
            HyperParameters = request.HyperParameters,
            AlgorithmSpecification = algorithm,
            RoleArn = request.RoleArn,
            InputDataConfig = request.InputDataConfig,
            OutputDataConfig = request.OutputDataConfig,
            ResourceConfig = request.ResourceConfig,
            VpcConfig = request.VpcConfig,
            StoppingCondition = stopping,
            CreationTime = now,
            EnableNetworkIsolation = request.EnableNetworkIsolation ?? false,
            EnableInterContainerTrafficEncryption = request.EnableInterContainerTrafficEncryption ?? false,
            EnableManagedSpotTraining = request.EnableManagedSpotTraining ?? false,
            CheckpointConfig = request.CheckpointConfig,
            DebugHookConfig = request.DebugHookConfig,
            DebugRuleConfigurations = request.DebugRuleConfigurations,
            TensorBoardOutputConfig = request.TensorBoardOutputConfig,
            ExperimentConfig = request.ExperimentConfig,
            ProfilerConfig = request.ProfilerConfig,
            ProfilerRuleConfigurations = request.ProfilerRuleConfigurations,
            Environment = request.Environment,
            RetryStrategy = request.RetryStrategy,
        };
    }
}
