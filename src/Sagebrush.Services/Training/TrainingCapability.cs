using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Training;

/// <summary>Training jobs: what is asked of them, and the plain reads and lists.</summary>
internal sealed class TrainingCapability(IResourceStore store, TimeProvider clock) : ICapability
{
    private readonly ResourceSet<TrainingJobDocument> _jobs = store.For(TrainingJobs.Kind);

    /// <inheritdoc/>
    public void Map(ApiMap api)
    {
        ArgumentNullException.ThrowIfNull(api);
        api.Map(SageMakerApi.CreateTrainingJob, new CreateTrainingJobOperation(store, clock));
        api.Map(SageMakerApi.DescribeTrainingJob, DescribeAsync);
        api.Map(SageMakerApi.ListTrainingJobs, ListAsync);
        api.Map(SageMakerApi.StopTrainingJob, new StopTrainingJobOperation(store, clock));
        api.Map(SageMakerApi.UpdateTrainingJob, new UpdateTrainingJobOperation(store, clock));
        api.Map(SageMakerApi.DeleteTrainingJob, DeleteAsync);
    }

    internal async ValueTask<DescribeTrainingJobResponse> DescribeAsync(
        DescribeTrainingJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await _jobs.FindAsync(context.AccountId, context.Region, request.TrainingJobName, cancellationToken) ?? throw Refusals.NotFound();
        stored.Document.Job.LastModifiedTime = stored.Modified;
        return stored.Document.Job;
    }

    internal async ValueTask<ListTrainingJobsResponse> ListAsync(ListTrainingJobsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        if (request.TrainingPlanArnEquals is not null)
        {
            // Jobs here have no training plans.
            return new ListTrainingJobsResponse { TrainingJobSummaries = [] };
        }

        var query = ResourceLists.Query(
            context, TrainingJobs.Kind.Name, request.SortBy, request.SortOrder ?? SortOrder.Ascending, request.NameContains, request.MaxResults, request.NextToken) with
        {
            Status = request.StatusEquals,
            CreatedAfter = request.CreationTimeAfter,
            CreatedBefore = request.CreationTimeBefore,
            ModifiedAfter = request.LastModifiedTimeAfter,
            ModifiedBefore = request.LastModifiedTimeBefore,
            Attributes = request.WarmPoolStatusEquals is { } warm ? [AttributeFilter.Equal(TrainingJobs.WarmPoolAttribute, warm)] : [],
        };
        var page = await _jobs.PageAsync(query, cancellationToken);
        return new ListTrainingJobsResponse { TrainingJobSummaries = [.. page.Items.Select(Summarize)], NextToken = page.NextToken };
    }

    internal async ValueTask<EmptyShape> DeleteAsync(DeleteTrainingJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        return await _jobs.DeleteEndedAsync(
            _jobs.Key(context.AccountId, context.Region, request.TrainingJobName),
            "training job",
            document => document.HasEnded ? null : document.Job.TrainingJobStatus,
            cancellationToken) ? new EmptyShape() : throw Refusals.NotFound();
    }

    private static TrainingJobSummary Summarize(Stored<TrainingJobDocument> stored)
    {
        var job = stored.Document.Job;
        return new TrainingJobSummary
        {
            TrainingJobName = job.TrainingJobName,
            TrainingJobArn = job.TrainingJobArn,
            CreationTime = job.CreationTime,
            TrainingEndTime = job.TrainingEndTime,
            LastModifiedTime = stored.Modified,
            TrainingJobStatus = job.TrainingJobStatus,
            SecondaryStatus = job.SecondaryStatus,
            WarmPoolStatus = job.WarmPoolStatus,
        };
    }
}
