using Sagebrush.Contracts.ApplicationAutoScaling;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.AutoScaling;

/// <summary>What was done to targets: kept for six weeks.</summary>
internal sealed class ScalingActivities(IResourceStore store, TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(42);

    private readonly ResourceSet<ScalingActivityDocument> _activities = store.For(AutoScalingKinds.Activity);

    public async ValueTask<DescribeScalingActivitiesResponse> DescribeAsync(
        DescribeScalingActivitiesRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var parent = AutoScalingLists.Parent(request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
        var page = await _activities.PageAsync(context, AutoScalingKinds.Activity.Name, parent, request.MaxResults, request.NextToken, newestFirst: true, cancellationToken);
        return new DescribeScalingActivitiesResponse
        {
            ScalingActivities = [.. page.Items.Select(item => new ScalingActivity
            {
                ActivityId = item.Key.Name,
                ServiceNamespace = "sagemaker",
                ResourceId = item.Document.Resource.Id,
                ScalableDimension = item.Document.Dimension,
                Description = item.Document.Description,
                Cause = item.Document.Cause,
                StartTime = item.Document.Start,
                EndTime = item.Document.End,
                StatusCode = item.Document.Status,
                StatusMessage = item.Document.Message,
            })],
            NextToken = page.NextToken,
        };
    }

    /// <summary>Tells of a change that begins; telling twice is telling once.</summary>
    public async Task BeginAsync(ResourceKey target, ScalableResource resource, ScalingInProgress scaling, CancellationToken cancellationToken)
    {
        var activity = new ScalingActivityDocument
        {
            Endpoint = resource.Endpoint,
            Variant = resource.Variant,
            Dimension = resource.Dimension,
            Description = $"Setting desired {Noun(resource)} to {scaling.Desired}.",
            Cause = scaling.Cause,
            Start = scaling.Since,
            Status = ScalingActivityStatusCode.InProgress,
            Message = $"Successfully set desired {Noun(resource)} to {scaling.Desired}. Waiting for change to be fulfilled by sagemaker.",
        };
        await _activities.TryAddAsync(
            _activities.Key(target.Account, target.Region, scaling.ActivityId),
            $"arn:aws:autoscaling:{target.Region}:{target.Account}:scalingActivity:{scaling.ActivityId}",
            activity,
            [],
            cancellationToken);
        await ForgetOldAsync(target, resource, cancellationToken);
    }

    /// <summary>Tells how a change ended.</summary>
    /// <param name="target">The target.</param>
    /// <param name="scaling">The change.</param>
    /// <param name="failure">Why it could not be made; null when it was.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task EndAsync(ResourceKey target, ScalingInProgress scaling, string? failure, CancellationToken cancellationToken) =>
        await _activities.UpdateAsync(
            _activities.Key(target.Account, target.Region, scaling.ActivityId),
            activity => activity with
            {
                End = time.GetUtcNow(),
                Status = failure is null ? ScalingActivityStatusCode.Successful : ScalingActivityStatusCode.Failed,
                Message = failure is null
                    ? $"Successfully set desired {Noun(activity.Resource)} to {scaling.Desired}. Change successfully fulfilled by sagemaker."
                    : $"Failed to set desired {Noun(activity.Resource)} to {scaling.Desired}. Reason: {failure}",
            },
            cancellationToken);

    private static string Noun(ScalableResource resource) => resource.Dimension == ScalableResource.Instances ? "instance count" : "provisioned concurrency";

    private async Task ForgetOldAsync(ResourceKey target, ScalableResource resource, CancellationToken cancellationToken)
    {
        var old = await _activities.ListAsync(
            new ResourceQuery
            {
                Account = target.Account,
                Region = target.Region,
                Kind = AutoScalingKinds.Activity.Name,
                Parent = resource.Name,
                CreatedBefore = time.GetUtcNow() - Kept,
            },
            cancellationToken);
        foreach (var activity in old.Items)
        {
            await _activities.DeleteAsync(activity.Key, null, cancellationToken);
        }
    }
}
