using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.AutoML;

/// <summary>Autopilot: what is asked of AutoML jobs, and the reads and lists.</summary>
internal sealed class AutoMLCapability(IResourceStore store, IObjectStore objects, TimeProvider clock) : ICapability
{
    private readonly ResourceSet<AutoMLJobDocument> _jobs = store.For(AutoMLJobs.Kind);

    /// <inheritdoc/>
    public void Map(ApiMap api)
    {
        ArgumentNullException.ThrowIfNull(api);
        var creation = new AutoMLCreation(store, objects, clock);
        api.Map(SageMakerApi.CreateAutoMLJob, creation.CreateAsync);
        api.Map(SageMakerApi.CreateAutoMLJobV2, creation.CreateV2Async);
        api.Map(SageMakerApi.DescribeAutoMLJob, DescribeAsync);
        api.Map(SageMakerApi.DescribeAutoMLJobV2, DescribeV2Async);
        api.Map(SageMakerApi.ListAutoMLJobs, ListAsync);
        api.Map(SageMakerApi.ListCandidatesForAutoMLJob, new ListCandidatesOperation(store));
        api.Map(SageMakerApi.StopAutoMLJob, StopAsync);
    }

    internal async ValueTask<DescribeAutoMLJobV2Response> DescribeV2Async(DescribeAutoMLJobV2Request request, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await FindAsync(request.AutoMLJobName, context, cancellationToken);
        stored.Document.Job.LastModifiedTime = stored.Modified;
        return stored.Document.Job;
    }

    internal async ValueTask<DescribeAutoMLJobResponse> DescribeAsync(DescribeAutoMLJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await FindAsync(request.AutoMLJobName, context, cancellationToken);
        var (job, tabular) = (stored.Document.Job, stored.Document.Tabular);
        return new DescribeAutoMLJobResponse
        {
            AutoMLJobName = job.AutoMLJobName,
            AutoMLJobArn = job.AutoMLJobArn,
            InputDataConfig = [.. job.AutoMLJobInputDataConfig.Select(channel => new AutoMLChannel
            {
                ChannelType = channel.ChannelType,
                ContentType = channel.ContentType,
                CompressionType = channel.CompressionType,
                DataSource = channel.DataSource,
                TargetAttributeName = tabular.TargetAttributeName,
                SampleWeightAttributeName = tabular.SampleWeightAttributeName,
            })],
            OutputDataConfig = job.OutputDataConfig,
            RoleArn = job.RoleArn,
            AutoMLJobObjective = job.AutoMLJobObjective,
            ProblemType = tabular.ProblemType,
            AutoMLJobConfig = stored.Document.Config ?? Config(job, tabular),
            CreationTime = job.CreationTime,
            EndTime = job.EndTime,
            LastModifiedTime = stored.Modified,
            FailureReason = job.FailureReason,
            PartialFailureReasons = job.PartialFailureReasons,
            BestCandidate = job.BestCandidate,
            AutoMLJobStatus = job.AutoMLJobStatus,
            AutoMLJobSecondaryStatus = job.AutoMLJobSecondaryStatus,
            GenerateCandidateDefinitionsOnly = tabular.GenerateCandidateDefinitionsOnly ?? false,
            AutoMLJobArtifacts = job.AutoMLJobArtifacts,
            ResolvedAttributes = job.ResolvedAttributes is not { } resolved ? null : new ResolvedAttributes
            {
                AutoMLJobObjective = resolved.AutoMLJobObjective,
                CompletionCriteria = resolved.CompletionCriteria,
                ProblemType = resolved.AutoMLProblemTypeResolvedAttributes?.TabularResolvedAttributes?.ProblemType,
            },
            ModelDeployConfig = job.ModelDeployConfig,
            ModelDeployResult = job.ModelDeployResult,
        };
    }

    internal async ValueTask<ListAutoMLJobsResponse> ListAsync(ListAutoMLJobsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var query = ResourceLists.Query(
            context, AutoMLJobs.Kind.Name, request.SortBy ?? AutoMLSortBy.Name, request.SortOrder ?? AutoMLSortOrder.Descending, request.NameContains, request.MaxResults, request.NextToken) with
        {
            Status = request.StatusEquals,
            CreatedAfter = request.CreationTimeAfter,
            CreatedBefore = request.CreationTimeBefore,
            ModifiedAfter = request.LastModifiedTimeAfter,
            ModifiedBefore = request.LastModifiedTimeBefore,
        };
        var page = await _jobs.PageAsync(query, cancellationToken);
        return new ListAutoMLJobsResponse { AutoMLJobSummaries = [.. page.Items.Select(Summarize)], NextToken = page.NextToken };
    }

    internal async ValueTask<EmptyShape> StopAsync(StopAutoMLJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        _ = await _jobs.UpdateAsync(
            context.AccountId,
            context.Region,
            request.AutoMLJobName,
            document =>
            {
                if (document.HasEnded)
                {
                    throw Refusals.Validation($"The request was rejected because the AutoML job is in status {document.Job.AutoMLJobStatus}.");
                }

                if (document.StopRequested)
                {
                    return null;
                }

                document.StopRequested = true;
                document.Job.AutoMLJobStatus = AutoMLJobStatus.Stopping;
                document.Job.AutoMLJobSecondaryStatus = AutoMLJobSecondaryStatus.Stopping;
                return document;
            },
            cancellationToken) ?? throw Refusals.NotFound();
        return EmptyShape.Instance;
    }

    private async ValueTask<Stored<AutoMLJobDocument>> FindAsync(string name, CallContext context, CancellationToken cancellationToken) =>
        await _jobs.FindAsync(context.AccountId, context.Region, name, cancellationToken) ?? throw Refusals.NotFound();

    private static AutoMLJobConfig Config(DescribeAutoMLJobV2Response job, TabularJobConfig tabular) => new()
    {
        CompletionCriteria = tabular.CompletionCriteria,
        SecurityConfig = job.SecurityConfig,
        DataSplitConfig = job.DataSplitConfig,
        Mode = tabular.Mode,
        CandidateGenerationConfig = tabular is { CandidateGenerationConfig: null, FeatureSpecificationS3Uri: null } ? null : new AutoMLCandidateGenerationConfig
        {
            AlgorithmsConfig = tabular.CandidateGenerationConfig?.AlgorithmsConfig,
            FeatureSpecificationS3Uri = tabular.FeatureSpecificationS3Uri,
        },
    };

    private static AutoMLJobSummary Summarize(Stored<AutoMLJobDocument> stored)
    {
        var job = stored.Document.Job;
        return new AutoMLJobSummary
        {
            AutoMLJobName = job.AutoMLJobName,
            AutoMLJobArn = job.AutoMLJobArn,
            AutoMLJobStatus = job.AutoMLJobStatus,
            AutoMLJobSecondaryStatus = job.AutoMLJobSecondaryStatus,
            CreationTime = job.CreationTime,
            EndTime = job.EndTime,
            LastModifiedTime = stored.Modified,
            FailureReason = job.FailureReason,
            PartialFailureReasons = job.PartialFailureReasons,
        };
    }
}
