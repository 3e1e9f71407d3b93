using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Processing;

/// <summary>Processing jobs: what is asked of them, and the reads and lists.</summary>
internal sealed class ProcessingCapability(IResourceStore store, TimeProvider clock) : ICapability
{
    private readonly ResourceSet<ProcessingJobDocument> _jobs = store.For(ProcessingJobs.Kind);

    /// <inheritdoc/>
    public void Map(ApiMap api)
    {
        ArgumentNullException.ThrowIfNull(api);
        api.Map(SageMakerApi.CreateProcessingJob, new CreateProcessingJobOperation(store, clock));
        api.Map(SageMakerApi.DescribeProcessingJob, DescribeAsync);
        api.Map(SageMakerApi.ListProcessingJobs, ListAsync);
        api.Map(SageMakerApi.StopProcessingJob, StopAsync);
        api.Map(SageMakerApi.DeleteProcessingJob, DeleteAsync);
    }

    internal async ValueTask<DescribeProcessingJobResponse> DescribeAsync(
        DescribeProcessingJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await _jobs.FindAsync(context.AccountId, context.Region, request.ProcessingJobName, cancellationToken) ?? throw Refusals.NotFound();
        stored.Document.Job.LastModifiedTime = stored.Modified;
        return stored.Document.Job;
    }

    internal async ValueTask<ListProcessingJobsResponse> ListAsync(ListProcessingJobsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var query = ResourceLists.Query(
            context, ProcessingJobs.Kind.Name, request.SortBy, request.SortOrder ?? SortOrder.Ascending, request.NameContains, request.MaxResults, request.NextToken) with
        {
            Status = request.StatusEquals,
            CreatedAfter = request.CreationTimeAfter,
            CreatedBefore = request.CreationTimeBefore,
            ModifiedAfter = request.LastModifiedTimeAfter,
            ModifiedBefore = request.LastModifiedTimeBefore,
        };
        var page = await _jobs.PageAsync(query, cancellationToken);
        return new ListProcessingJobsResponse { ProcessingJobSummaries = [.. page.Items.Select(Summarize)], NextToken = page.NextToken };
    }

    internal async ValueTask<EmptyShape> StopAsync(StopProcessingJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        _ = await _jobs.UpdateAsync(
            context.AccountId,
            context.Region,
            request.ProcessingJobName,
            document =>
            {
                if (document.HasEnded)
                {
                    throw Refusals.Validation($"The request was rejected because the processing job is in status {document.Job.ProcessingJobStatus}.");
                }

                if (document.StopRequested)
                {
                    return null;
                }

                document.StopRequested = true;
                document.Job.ProcessingJobStatus = ProcessingJobStatus.Stopping;
                return document;
            },
            cancellationToken) ?? throw Refusals.NotFound();
        return new EmptyShape();
    }

    internal async ValueTask<EmptyShape> DeleteAsync(DeleteProcessingJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        return await _jobs.DeleteEndedAsync(
            _jobs.Key(context.AccountId, context.Region, request.ProcessingJobName),
            "processing job",
            document => document.HasEnded ? null : document.Job.ProcessingJobStatus,
            cancellationToken) ? new EmptyShape() : throw Refusals.NotFound();
    }

    private static ProcessingJobSummary Summarize(Stored<ProcessingJobDocument> stored)
    {
        var job = stored.Document.Job;
        return new ProcessingJobSummary
        {
            ProcessingJobName = job.ProcessingJobName,
            ProcessingJobArn = job.ProcessingJobArn,
            CreationTime = job.CreationTime,
            ProcessingEndTime = job.ProcessingEndTime,
            LastModifiedTime = stored.Modified,
            ProcessingJobStatus = job.ProcessingJobStatus,
            FailureReason = job.FailureReason,
            ExitMessage = job.ExitMessage,
        };
    }
}
