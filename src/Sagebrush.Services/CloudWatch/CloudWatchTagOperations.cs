using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.Tagging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.CloudWatch;

/// <summary>Tags of alarms and dashboards, by ARN.</summary>
internal sealed class CloudWatchTagOperations(IResourceStore store)
{
    public void Map(ApiMap api)
    {
        api.Map(CloudWatchApi.TagResource, TagAsync);
        api.Map(CloudWatchApi.UntagResource, UntagAsync);
        api.Map(CloudWatchApi.ListTagsForResource, ListAsync);
    }

    public async ValueTask<TagResourceOutput> TagAsync(TagResourceInput request, CallContext context, CancellationToken cancellationToken)
    {
        CheckArn(request.ResourceARN, context);
        var tags = request.Tags.ConvertAll(tag => new ResourceTag(tag.Key, tag.Value));
        return await store.PutTagsAsync(request.ResourceARN, tags, TaggingCapability.MaxTags, cancellationToken) switch
        {
            TagOutcome.Stored => new TagResourceOutput(),
            TagOutcome.TooMany => throw CloudWatchErrors.InvalidParameterValueException($"A resource can have {TaggingCapability.MaxTags} tags at most."),
            _ => throw NotFound(request.ResourceARN),
        };
    }

    public async ValueTask<UntagResourceOutput> UntagAsync(UntagResourceInput request, CallContext context, CancellationToken cancellationToken)
    {
        CheckArn(request.ResourceARN, context);
        return await store.RemoveTagsAsync(request.ResourceARN, request.TagKeys, cancellationToken) ? new UntagResourceOutput() : throw NotFound(request.ResourceARN);
    }

    public async ValueTask<ListTagsForResourceOutput> ListAsync(
        ListTagsForResourceInput request, CallContext context, CancellationToken cancellationToken)
    {
        CheckArn(request.ResourceARN, context);
        var page = await store.ListTagsAsync(request.ResourceARN, TaggingCapability.MaxTags, null, cancellationToken) ?? throw NotFound(request.ResourceARN);
        return new ListTagsForResourceOutput { Tags = [.. page.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })] };
    }

    private static void CheckArn(string arn, CallContext context)
    {
        if (arn.Split(':', 6) is not ["arn", _, "cloudwatch", var region, var account, _] || account != context.AccountId || (region.Length > 0 && region != context.Region))
        {
            throw NotFound(arn);
        }
    }

    private static ServiceException NotFound(string arn) => CloudWatchErrors.ResourceNotFoundException($"There is no resource {arn}.");
}
