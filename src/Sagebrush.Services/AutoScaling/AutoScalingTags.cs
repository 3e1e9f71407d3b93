using Sagebrush.Contracts.ApplicationAutoScaling;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.AutoScaling;

/// <summary>Tags of scalable targets.</summary>
internal sealed class AutoScalingTags(IResourceStore store)
{
    public const int MaxTags = 50;

    public async ValueTask<TagResourceResponse> TagAsync(TagResourceRequest request, CallContext context, CancellationToken cancellationToken)
    {
        Check(request.ResourceARN, context);
        return await store.PutTagsAsync(request.ResourceARN, Read(request.Tags), MaxTags, cancellationToken) switch
        {
            TagOutcome.Stored => new TagResourceResponse(),
            TagOutcome.TooMany => throw ApplicationAutoScalingErrors.TooManyTagsException($"A scalable target may have {MaxTags} tags."),
            _ => throw NotFound(request.ResourceARN),
        };
    }

    public async ValueTask<UntagResourceResponse> UntagAsync(UntagResourceRequest request, CallContext context, CancellationToken cancellationToken)
    {
        Check(request.ResourceARN, context);
        return await store.RemoveTagsAsync(request.ResourceARN, request.TagKeys, cancellationToken) ? new UntagResourceResponse() : throw NotFound(request.ResourceARN);
    }

    public async ValueTask<ListTagsForResourceResponse> ListAsync(ListTagsForResourceRequest request, CallContext context, CancellationToken cancellationToken)
    {
        Check(request.ResourceARN, context);
        var page = await store.ListTagsAsync(request.ResourceARN, MaxTags, null, cancellationToken) ?? throw NotFound(request.ResourceARN);
        return new ListTagsForResourceResponse { Tags = page.Tags.ToDictionary(tag => tag.Key, tag => tag.Value) };
    }

    public static IReadOnlyList<ResourceTag> Read(Dictionary<string, string>? tags) => [.. (tags ?? []).Select(tag => new ResourceTag(tag.Key, tag.Value))];

    private static void Check(string arn, CallContext context)
    {
        if (!arn.StartsWith(context.Arn("application-autoscaling", "scalable-target/"), StringComparison.Ordinal))
        {
            throw NotFound(arn);
        }
    }

    private static ServiceException NotFound(string arn) => ApplicationAutoScalingErrors.ResourceNotFoundException($"The specified resource doesn't exist: {arn}");
}
