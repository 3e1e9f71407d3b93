using Sagebrush.Contracts.Ecr;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr;

/// <summary>Tags of repositories, by ARN.</summary>
internal sealed class RepositoryTags(IResourceStore store, Repositories repositories)
{
    private const int MaxTags = 50;
    private const int MaxKeyLength = 128;
    private const int MaxValueLength = 256;

    public void Map(ApiMap api)
    {
        api.Serve(EcrApi.TagResource, TagAsync);
        api.Serve(EcrApi.UntagResource, UntagAsync);
        api.Serve(EcrApi.ListTagsForResource, ListAsync);
    }

    /// <summary>Tags of a request, checked.</summary>
    /// <exception cref="ServiceException"><c>InvalidTagParameterException</c> or <c>TooManyTagsException</c>.</exception>
    public static List<ResourceTag> Read(IReadOnlyList<Tag>? tags)
    {
        var read = (tags ?? []).Select(tag => new ResourceTag(tag.Key, tag.Value)).ToList();
        var wrong = read.FirstOrDefault(tag => tag.Key.Length is 0 or > MaxKeyLength || tag.Value.Length > MaxValueLength || tag.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase));
        if (wrong.Key is not null)
        {
            throw EcrErrors.InvalidTagParameterException(
                $"Invalid tag '{wrong.Key}': keys have 1 to {MaxKeyLength} characters and do not begin with 'aws:', values have {MaxValueLength} at most.");
        }

        if (read.GroupBy(tag => tag.Key, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw EcrErrors.InvalidTagParameterException($"Duplicate tag key: '{twice.Key}'.");
        }

        return read.Count <= MaxTags ? read : throw TooMany();
    }

    private async ValueTask<TagResourceResponse> TagAsync(TagResourceRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var tags = Read(request.Tags);
        var repository = await FindAsync(request.ResourceArn, context, cancellationToken);
        return await store.PutTagsAsync(repository.Arn, tags, MaxTags, cancellationToken) == TagOutcome.TooMany ? throw TooMany() : new TagResourceResponse();
    }

    private async ValueTask<UntagResourceResponse> UntagAsync(UntagResourceRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await FindAsync(request.ResourceArn, context, cancellationToken);
        await store.RemoveTagsAsync(repository.Arn, request.TagKeys, cancellationToken);
        return new UntagResourceResponse();
    }

    private async ValueTask<ListTagsForResourceResponse> ListAsync(ListTagsForResourceRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await FindAsync(request.ResourceArn, context, cancellationToken);
        var page = await store.ListTagsAsync(repository.Arn, MaxTags + 1, null, cancellationToken);
        return new ListTagsForResourceResponse { Tags = [.. (page?.Tags ?? []).Select(tag => new Tag { Key = tag.Key, Value = tag.Value })] };
    }

    private async ValueTask<Stored<RepositoryDocument>> FindAsync(string arn, CallContext context, CancellationToken cancellationToken)
    {
        const string Kind = "repository/";
        return arn.Split(':', 6) is ["arn", _, "ecr", var region, var account, var resource] && region == context.Region && resource.StartsWith(Kind, StringComparison.Ordinal)
            ? await repositories.GetAsync(account, region, resource[Kind.Length..], cancellationToken)
            : throw EcrErrors.InvalidParameterException($"Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN': {arn}");
    }

    private static ServiceException TooMany() => EcrErrors.TooManyTagsException($"A repository can have {MaxTags} tags at most.");
}
