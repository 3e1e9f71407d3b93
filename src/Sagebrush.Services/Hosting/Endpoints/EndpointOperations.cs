using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Hosting.Endpoints;

/// <summary>The operations on endpoints that read, list and delete.</summary>
internal sealed class EndpointOperations(IResourceStore store)
{
    private readonly ResourceSet<EndpointDocument> _endpoints = store.For(HostingKinds.Endpoint);

    public async ValueTask<DescribeEndpointOutput> DescribeAsync(
        DescribeEndpointInput request, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await _endpoints.FindAsync(context.AccountId, context.Region, request.EndpointName, cancellationToken)
            ?? throw HostingErrors.NotFound("endpoint", context.EndpointArn(request.EndpointName));
        var endpoint = stored.Document;
        var deployed = endpoint.Status is not (EndpointStatus.Creating or EndpointStatus.Failed);
        return new DescribeEndpointOutput
        {
            EndpointName = stored.Key.Name,
            EndpointArn = stored.Arn,
            EndpointConfigName = endpoint.Fleet.ConfigName,
            EndpointStatus = endpoint.Status,
            FailureReason = endpoint.FailureReason,
            CreationTime = stored.Created,
            LastModifiedTime = stored.Modified,
            DataCaptureConfig = endpoint.Fleet.Capture is not { } capture ? null : new DataCaptureConfigSummary
            {
                EnableCapture = capture.EnableCapture ?? false,
                CaptureStatus = capture.EnableCapture == true && deployed ? CaptureStatus.Started : CaptureStatus.Stopped,
                CurrentSamplingPercentage = capture.InitialSamplingPercentage,
                DestinationS3Uri = capture.DestinationS3Uri,
                KmsKeyId = capture.KmsKeyId ?? "",
            },
            AsyncInferenceConfig = endpoint.Fleet.Async,
            ExplainerConfig = endpoint.Fleet.Explainer,
            ProductionVariants = deployed ? EndpointSummaries.Variants(stored, stored.Document.Fleet.Variants) : null,
            ShadowProductionVariants = deployed && endpoint.Fleet.Shadows.Count > 0 ? EndpointSummaries.Variants(stored, endpoint.Fleet.Shadows) : null,
            LastDeploymentConfig = endpoint.LastDeployment,
            PendingDeploymentSummary = EndpointSummaries.Pending(stored),
        };
    }

    public async ValueTask<ListEndpointsOutput> ListAsync(
        ListEndpointsInput request, CallContext context, CancellationToken cancellationToken)
    {
        var query = ResourceLists.Query(
            context, HostingKinds.Endpoint.Name, request.SortBy, request.SortOrder, request.NameContains, request.MaxResults, request.NextToken);
        var page = await _endpoints.PageAsync(
            query with
            {
                Status = request.StatusEquals,
                CreatedAfter = request.CreationTimeAfter,
                CreatedBefore = request.CreationTimeBefore,
                ModifiedAfter = request.LastModifiedTimeAfter,
                ModifiedBefore = request.LastModifiedTimeBefore,
            },
            cancellationToken);
        return new ListEndpointsOutput
        {
            Endpoints = [.. page.Items.Select(item => new EndpointSummary
            {
                EndpointName = item.Key.Name,
                EndpointArn = item.Arn,
                CreationTime = item.Created,
                LastModifiedTime = item.Modified,
                EndpointStatus = item.Document.Status,
            })],
            NextToken = page.NextToken,
        };
    }

    public async ValueTask<EmptyShape> DeleteAsync(
        DeleteEndpointInput request, CallContext context, CancellationToken cancellationToken)
    {
        var arn = context.EndpointArn(request.EndpointName);
        var updated = await _endpoints.UpdateAsync(
            context.AccountId,
            context.Region,
            request.EndpointName,
            endpoint => endpoint.Status switch
            {
                EndpointStatus.Deleting => null,
                EndpointStatus.Creating or EndpointStatus.Updating or EndpointStatus.RollingBack => throw HostingErrors.InProgress(arn),
                _ => endpoint with { Status = EndpointStatus.Deleting },
            },
            cancellationToken);
        return updated is null ? throw HostingErrors.NotFound("endpoint", arn) : EmptyShape.Instance;
    }
}
