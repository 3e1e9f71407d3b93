using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Tuning;

/// <summary>Automatic model tuning: what is asked of tuning jobs, and the reads and lists.</summary>
internal sealed class TuningCapability(IResourceStore store, TimeProvider clock) : ICapability
{
    private readonly ResourceSet<TuningJobDocument> _jobs = store.For(TuningJobs.Kind);

    /// <inheritdoc/>
    public void Map(ApiMap api)
    {
        ArgumentNullException.ThrowIfNull(api);
        api.Map(SageMakerApi.CreateHyperParameterTuningJob, new CreateTuningJobOperation(store, clock));
        api.Map(SageMakerApi.DescribeHyperParameterTuningJob, DescribeAsync);
        api.Map(SageMakerApi.ListHyperParameterTuningJobs, ListAsync);
        api.Map(SageMakerApi.ListTrainingJobsForHyperParameterTuningJob, new ListTrialsOperation(store));
        api.Map(SageMakerApi.StopHyperParameterTuningJob, StopAsync);
        api.Map(SageMakerApi.DeleteHyperParameterTuningJob, DeleteAsync);
    }

    internal async ValueTask<DescribeHyperParameterTuningJobResponse> DescribeAsync(
        DescribeHyperParameterTuningJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await _jobs.FindAsync(context.AccountId, context.Region, request.HyperParameterTuningJobName, cancellationToken) ?? throw Refusals.NotFound();
        return Filled(stored);
    }

    internal async ValueTask<ListHyperParameterTuningJobsResponse> ListAsync(
        ListHyperParameterTuningJobsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var query = ResourceLists.Query(
            context, TuningJobs.Kind.Name, request.SortBy ?? HyperParameterTuningJobSortByOptions.Name, request.SortOrder ?? SortOrder.Ascending, request.NameContains, request.MaxResults, request.NextToken) with
        {
            Status = request.StatusEquals,
            CreatedAfter = request.CreationTimeAfter,
            CreatedBefore = request.CreationTimeBefore,
            ModifiedAfter = request.LastModifiedTimeAfter,
            ModifiedBefore = request.LastModifiedTimeBefore,
        };
        var page = await _jobs.PageAsync(query, cancellationToken);
        return new ListHyperParameterTuningJobsResponse
        {
            HyperParameterTuningJobSummaries = [.. page.Items.Select(Summarize)],
            NextToken = page.NextToken,
        };
    }

    internal async ValueTask<EmptyShape> StopAsync(StopHyperParameterTuningJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        _ = await _jobs.UpdateAsync(
            context.AccountId,
            context.Region,
            request.HyperParameterTuningJobName,
            document =>
            {
                if (document.HasEnded)
                {
                    throw Refusals.Validation($"The request was rejected because the hyperparameter tuning job is in status {document.Job.HyperParameterTuningJobStatus}.");
                }

                if (document.StopRequested)
                {
                    return null;
                }

                document.StopRequested = true;
                document.Job.HyperParameterTuningJobStatus = HyperParameterTuningJobStatus.Stopping;
                return document;
            },
            cancellationToken) ?? throw Refusals.NotFound();
        return new EmptyShape();
    }

    internal async ValueTask<EmptyShape> DeleteAsync(DeleteHyperParameterTuningJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        // Deleting what is gone is no error in this operation's model.
        _ = await _jobs.DeleteEndedAsync(
            _jobs.Key(context.AccountId, context.Region, request.HyperParameterTuningJobName),
            "hyperparameter tuning job",
            document => document.HasEnded ? null : document.Job.HyperParameterTuningJobStatus,
            cancellationToken);
        return new EmptyShape();
    }

    private static DescribeHyperParameterTuningJobResponse Filled(Stored<TuningJobDocument> stored)
    {
        stored.Document.Job.LastModifiedTime = stored.Modified;
        TuningProgress.Fill(stored.Document);
        return stored.Document.Job;
    }

    private static HyperParameterTuningJobSummary Summarize(Stored<TuningJobDocument> stored)
    {
        var job = Filled(stored);
        return new HyperParameterTuningJobSummary
        {
            HyperParameterTuningJobName = job.HyperParameterTuningJobName,
            HyperParameterTuningJobArn = job.HyperParameterTuningJobArn,
            HyperParameterTuningJobStatus = job.HyperParameterTuningJobStatus,
            Strategy = job.HyperParameterTuningJobConfig.Strategy,
            CreationTime = job.CreationTime,
            HyperParameterTuningEndTime = job.HyperParameterTuningEndTime,
            LastModifiedTime = job.LastModifiedTime,
            TrainingJobStatusCounters = job.TrainingJobStatusCounters,
            ObjectiveStatusCounters = job.ObjectiveStatusCounters,
            ResourceLimits = job.HyperParameterTuningJobConfig.ResourceLimits,
        };
    }
}
