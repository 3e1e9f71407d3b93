using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Tagging;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.AutoML;

/// <summary>Stores the wish for an AutoML job, however it was asked for; the reconciler does the rest.</summary>
internal sealed class AutoMLCreation(IResourceStore store, IObjectStore objects, TimeProvider clock)
{
    private readonly ResourceSet<AutoMLJobDocument> _jobs = store.For(AutoMLJobs.Kind);

    /// <summary>Implements <c>CreateAutoMLJobV2</c>.</summary>
    public async ValueTask<CreateAutoMLJobV2Response> CreateV2Async(CreateAutoMLJobV2Request request, CallContext context, CancellationToken cancellationToken) => new()
    {
        AutoMLJobArn = await CreateAsync(
            new()
            {
                AutoMLJobName = request.AutoMLJobName,
                AutoMLJobArn = Arn(context, request.AutoMLJobName),
                AutoMLJobInputDataConfig = request.AutoMLJobInputDataConfig,
                OutputDataConfig = request.OutputDataConfig,
                RoleArn = request.RoleArn,
                AutoMLJobObjective = request.AutoMLJobObjective,
                AutoMLProblemTypeConfig = request.AutoMLProblemTypeConfig,
                AutoMLProblemTypeConfigName = AutoMLProblemTypeConfigName.Tabular,
                CreationTime = clock.GetUtcNow(),
                LastModifiedTime = clock.GetUtcNow(),
                AutoMLJobStatus = AutoMLJobStatus.InProgress,
                AutoMLJobSecondaryStatus = AutoMLJobSecondaryStatus.Starting,
                ModelDeployConfig = request.ModelDeployConfig,
                DataSplitConfig = request.DataSplitConfig,
                SecurityConfig = request.SecurityConfig,
                AutoMLComputeConfig = request.AutoMLComputeConfig,
            },
            null,
            request.Tags,
            context,
            cancellationToken),
    };

    /// <summary>Implements <c>CreateAutoMLJob</c>.</summary>
    public async ValueTask<CreateAutoMLJobResponse> CreateAsync(CreateAutoMLJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var targets = request.InputDataConfig.Select(channel => channel.TargetAttributeName).Distinct(StringComparer.Ordinal).ToList();
        if (targets.Count > 1)
        {
            throw Refusals.Validation($"The channels have different values of TargetAttributeName: {string.Join(", ", targets)}.");
        }

        var config = request.AutoMLJobConfig;
        var job = new DescribeAutoMLJobV2Response
        {
            AutoMLJobName = request.AutoMLJobName,
            AutoMLJobArn = Arn(context, request.AutoMLJobName),
            AutoMLJobInputDataConfig = [.. request.InputDataConfig.Select(channel => new AutoMLJobChannel
            {
                ChannelType = channel.ChannelType,
                ContentType = channel.ContentType,
                CompressionType = channel.CompressionType,
                DataSource = channel.DataSource,
            })],
            OutputDataConfig = request.OutputDataConfig,
            RoleArn = request.RoleArn,
            AutoMLJobObjective = request.AutoMLJobObjective,
            AutoMLProblemTypeConfigName = AutoMLProblemTypeConfigName.Tabular,
            AutoMLProblemTypeConfig = new AutoMLProblemTypeConfig
            {
                TabularJobConfig = new TabularJobConfig
                {
                    TargetAttributeName = targets[0],
                    SampleWeightAttributeName = request.InputDataConfig.Select(channel => channel.SampleWeightAttributeName).FirstOrDefault(name => name is not null),
                    ProblemType = request.ProblemType,
                    GenerateCandidateDefinitionsOnly = request.GenerateCandidateDefinitionsOnly,
                    CompletionCriteria = config?.CompletionCriteria,
                    Mode = config?.Mode,
                    FeatureSpecificationS3Uri = config?.CandidateGenerationConfig?.FeatureSpecificationS3Uri,
                    CandidateGenerationConfig = config?.CandidateGenerationConfig?.AlgorithmsConfig is { } algorithms ? new CandidateGenerationConfig { AlgorithmsConfig = algorithms } : null,
                },
            },
            CreationTime = clock.GetUtcNow(),
            LastModifiedTime = clock.GetUtcNow(),
            AutoMLJobStatus = AutoMLJobStatus.InProgress,
            AutoMLJobSecondaryStatus = AutoMLJobSecondaryStatus.Starting,
            ModelDeployConfig = request.ModelDeployConfig,
            DataSplitConfig = config?.DataSplitConfig,
            SecurityConfig = config?.SecurityConfig,
        };
        return new CreateAutoMLJobResponse { AutoMLJobArn = await CreateAsync(job, config, request.Tags, context, cancellationToken) };
    }

    private async ValueTask<string> CreateAsync(DescribeAutoMLJobV2Response job, AutoMLJobConfig? config, List<Tag>? given, CallContext context, CancellationToken cancellationToken)
    {
        List<ResourceTag> tags = [.. TaggingCapability.Read(given), .. Creator.TagFor(context.Principal)];
        AutoMLRules.Check(job, objects);
        foreach (var channel in job.AutoMLJobInputDataConfig)
        {
            channel.ChannelType ??= AutoMLChannelType.Training;
            channel.CompressionType ??= CompressionType.None;
        }

        var document = new AutoMLJobDocument { Id = Guid.CreateVersion7().ToString("N"), Job = job, Config = config };
        var added = await _jobs.TryAddAsync(_jobs.Key(context.AccountId, context.Region, job.AutoMLJobName), job.AutoMLJobArn, document, tags, cancellationToken);
        return added is not null
            ? job.AutoMLJobArn
            : throw SageMakerErrors.ResourceInUse($"AutoMLJob names must be unique within an AWS account and region, and a job with this name already exists ({job.AutoMLJobArn})");
    }

    // In lower case as SageMaker's, so names that differ in case alone collide.
#pragma warning disable CA1308
    private static string Arn(CallContext context, string name) => context.Arn("sagemaker", $"automl-job/{name.ToLowerInvariant()}");
#pragma warning restore CA1308
}
