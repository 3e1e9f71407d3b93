using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Tagging;

/// <summary>Tags of every SageMaker resource, by ARN.</summary>
internal sealed class TaggingCapability(IResourceStore store) : ICapability
{
    /// <summary>Tags a resource may have.</summary>
    public const int MaxTags = 50;

    private const int DefaultPageSize = 50;

    /// <inheritdoc/>
    public void Map(ApiMap api)
    {
        ArgumentNullException.ThrowIfNull(api);
        api.Map(SageMakerApi.AddTags, AddAsync);
        api.Map(SageMakerApi.ListTags, ListAsync);
        api.Map(SageMakerApi.DeleteTags, DeleteAsync);
    }

    /// <summary>Tags of a request, checked, as the store keeps them.</summary>
    public static List<ResourceTag> Read(IReadOnlyList<Tag>? tags)
    {
        var read = (tags ?? []).Select(tag => new ResourceTag(tag.Key, tag.Value)).ToList();
        if (read.FirstOrDefault(tag => tag.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase)) is { Key: { } reserved })
        {
            throw Refusals.Validation($"Tag keys that begin with 'aws:' are reserved for system use: '{reserved}'.");
        }

        if (read.GroupBy(tag => tag.Key, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw Refusals.Validation($"Duplicate tag key: '{twice.Key}'.");
        }

        return read.Count <= MaxTags ? read : throw TooMany();
    }

    internal async ValueTask<AddTagsOutput> AddAsync(AddTagsInput request, CallContext context, CancellationToken cancellationToken)
    {
        CheckArn(request.ResourceArn, context);
        return await store.PutTagsAsync(request.ResourceArn, Read(request.Tags), MaxTags, cancellationToken) switch
        {
            TagOutcome.Stored => new AddTagsOutput { Tags = request.Tags },
            TagOutcome.TooMany => throw TooMany(),
            _ => throw Refusals.NotFound(),
        };
    }

    internal async ValueTask<ListTagsOutput> ListAsync(ListTagsInput request, CallContext context, CancellationToken cancellationToken)
    {
        CheckArn(request.ResourceArn, context);
        try
        {
            var page = await store.ListTagsAsync(request.ResourceArn, request.MaxResults ?? DefaultPageSize, request.NextToken, cancellationToken)
                ?? throw Refusals.NotFound();
            return new ListTagsOutput
            {
                Tags = [.. page.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })],
                NextToken = page.NextToken,
            };
        }
        catch (InvalidPageTokenException)
        {
            throw Refusals.InvalidToken();
        }
    }

    internal async ValueTask<DeleteTagsOutput> DeleteAsync(DeleteTagsInput request, CallContext context, CancellationToken cancellationToken)
    {
        CheckArn(request.ResourceArn, context);
        return await store.RemoveTagsAsync(request.ResourceArn, request.TagKeys, cancellationToken) ? new DeleteTagsOutput() : throw Refusals.NotFound();
    }

    private static void CheckArn(string arn, CallContext context)
    {
        if (arn.Split(':', 6) is not ["arn", _, "sagemaker", var region, var account, _] || region != context.Region || account != context.AccountId)
        {
            throw Refusals.NotFound();
        }
    }

    private static ServiceException TooMany() => Refusals.Validation($"A resource can have {MaxTags} tags at most.");
}
