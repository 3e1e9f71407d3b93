using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Transform;

/// <summary>Transform jobs: what is asked of them, and the plain reads and lists.</summary>
internal sealed class TransformCapability(IResourceStore store, ModelHost models, TimeProvider clock) : ICapability
{
    private readonly ResourceSet<TransformJobDocument> _jobs = store.For(TransformJobs.Kind);

    /// <inheritdoc/>
    public void Map(ApiMap api)
    {
        ArgumentNullException.ThrowIfNull(api);
        api.Map(SageMakerApi.CreateTransformJob, new CreateTransformJobOperation(store, models, clock));
        api.Map(SageMakerApi.DescribeTransformJob, DescribeAsync);
        api.Map(SageMakerApi.ListTransformJobs, ListAsync);
        api.Map(SageMakerApi.StopTransformJob, StopAsync);
    }

    private async ValueTask<DescribeTransformJobResponse> DescribeAsync(
        DescribeTransformJobRequest request, CallContext context, CancellationToken cancellationToken) =>
        await _jobs.FindAsync(context.AccountId, context.Region, request.TransformJobName, cancellationToken) is { Document.Job: var job }
            ? job
            : throw Refusals.NotFound();

    private async ValueTask<ListTransformJobsResponse> ListAsync(
        ListTransformJobsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var query = ResourceLists.Query(
            context, TransformJobs.Kind.Name, request.SortBy, request.SortOrder, request.NameContains, request.MaxResults, request.NextToken) with
        {
            Status = request.StatusEquals,
            CreatedAfter = request.CreationTimeAfter,
            CreatedBefore = request.CreationTimeBefore,
            ModifiedAfter = request.LastModifiedTimeAfter,
            ModifiedBefore = request.LastModifiedTimeBefore,
        };
        var page = await _jobs.PageAsync(query, cancellationToken);
        return new ListTransformJobsResponse { TransformJobSummaries = [.. page.Items.Select(Summarize)], NextToken = page.NextToken };
    }

    private async ValueTask<EmptyShape> StopAsync(StopTransformJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        _ = await _jobs.UpdateAsync(context.AccountId, context.Region, request.TransformJobName, Stop, cancellationToken) ?? throw Refusals.NotFound();
        return new EmptyShape();
    }

    private static TransformJobDocument? Stop(TransformJobDocument document)
    {
        if (document.HasEnded)
        {
            throw Refusals.Validation($"The request was rejected because the transform job is in status {document.Job.TransformJobStatus}.");
        }

        if (document.Job.TransformJobStatus == TransformJobStatus.Stopping)
        {
            return null;
        }

        document.Job.TransformJobStatus = TransformJobStatus.Stopping;
        return document;
    }

    private static TransformJobSummary Summarize(Stored<TransformJobDocument> stored) => new()
    {
        TransformJobName = stored.Document.Job.TransformJobName,
        TransformJobArn = stored.Arn,
        CreationTime = stored.Document.Job.CreationTime,
        TransformEndTime = stored.Document.Job.TransformEndTime,
        LastModifiedTime = stored.Modified,
        TransformJobStatus = stored.Document.Job.TransformJobStatus,
        FailureReason = stored.Document.Job.FailureReason,
    };
}
