using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Tuning;

/// <summary>Automatic model tuning: what is asked of tuning jobs, and the reads and lists.</summary>
internal sealed class TuningCapability(IResourceStore store, TimeProvider clock) : ICapability
{
    private const int DefaultPageSize = 10;

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
        var query = new ResourceQuery
        {
            Account = context.AccountId,
            Region = context.Region,
            Kind = TuningJobs.Kind.Name,
            NameContains = request.NameContains,
            CreatedAfter = request.CreationTimeAfter,
            CreatedBefore = request.CreationTimeBefore,
            ModifiedAfter = request.LastModifiedTimeAfter,
            ModifiedBefore = request.LastModifiedTimeBefore,
            Status = request.StatusEquals,
            SortBy = request.SortBy switch
            {
                HyperParameterTuningJobSortByOptions.Status => ResourceSort.Status,
                HyperParameterTuningJobSortByOptions.CreationTime => ResourceSort.CreationTime,
                _ => ResourceSort.Name,
            },
            Descending = request.SortOrder == SortOrder.Descending,
            PageSize = request.MaxResults ?? DefaultPageSize,
            PageToken = request.NextToken,
        };
        try
        {
            var page = await _jobs.ListAsync(query, cancellationToken);
            return new ListHyperParameterTuningJobsResponse
            {
                HyperParameterTuningJobSummaries = [.. page.Items.Select(Summarize)],
                NextToken = page.NextToken,
            };
        }
        catch (InvalidPageTokenException)
        {
            throw Refusals.InvalidToken();
        }
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
        while (await _jobs.FindAsync(context.AccountId, context.Region, request.HyperParameterTuningJobName, cancellationToken) is { } stored)
        {
            if (!stored.Document.HasEnded)
            {
                throw SageMakerErrors.ResourceInUse(
                    $"The hyperparameter tuning job {stored.Arn} is in status {stored.Document.Job.HyperParameterTuningJobStatus}. Stop it before deleting it.");
            }

            if (await _jobs.DeleteAsync(stored.Key, stored.Version, cancellationToken))
            {
                break;
            }
        }

        // Deleting what is gone is no error in this operation's model.
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
