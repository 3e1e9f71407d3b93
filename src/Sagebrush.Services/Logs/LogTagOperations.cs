using Sagebrush.Contracts.Logs;
using Sagebrush.State.Logs;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Logs;

/// <summary>Tags of log groups, by ARN and, as older clients do, by name.</summary>
internal sealed class LogTagOperations(ILogStore store)
{
    private const int MaxTags = 50;

    private static readonly Dictionary<string, string> Nothing = [];

    public void Map(ApiMap api)
    {
        api.Map(LogsApi.TagResource, TagResourceAsync);
        api.Map(LogsApi.UntagResource, UntagResourceAsync);
        api.Map(LogsApi.ListTagsForResource, ListTagsForResourceAsync);
        api.Map(LogsApi.TagLogGroup, TagLogGroupAsync);
        api.Map(LogsApi.UntagLogGroup, UntagLogGroupAsync);
        api.Map(LogsApi.ListTagsLogGroup, ListTagsLogGroupAsync);
    }

    public ValueTask<EmptyShape> TagResourceAsync(
        TagResourceRequest request, CallContext context, CancellationToken cancellationToken) =>
        ChangeAsync(
            context.GroupOf(request.ResourceArn), request.Tags, [], LogsErrors.TooManyTagsException, cancellationToken);

    public ValueTask<EmptyShape> UntagResourceAsync(
        UntagResourceRequest request, CallContext context, CancellationToken cancellationToken) =>
        ChangeAsync(
            context.GroupOf(request.ResourceArn), Nothing, request.TagKeys, LogsErrors.TooManyTagsException, cancellationToken);

    public async ValueTask<ListTagsForResourceResponse> ListTagsForResourceAsync(
        ListTagsForResourceRequest request, CallContext context, CancellationToken cancellationToken) =>
        new() { Tags = await FindAsync(context.GroupOf(request.ResourceArn), cancellationToken) };

    public ValueTask<EmptyShape> TagLogGroupAsync(
        TagLogGroupRequest request, CallContext context, CancellationToken cancellationToken) =>
        ChangeAsync(
            context.Group(request.LogGroupName), request.Tags, [], LogsErrors.InvalidParameterException, cancellationToken);

    public ValueTask<EmptyShape> UntagLogGroupAsync(
        UntagLogGroupRequest request, CallContext context, CancellationToken cancellationToken) =>
        ChangeAsync(
            context.Group(request.LogGroupName), Nothing, request.Tags, LogsErrors.InvalidParameterException, cancellationToken);

    public async ValueTask<ListTagsLogGroupResponse> ListTagsLogGroupAsync(
        ListTagsLogGroupRequest request, CallContext context, CancellationToken cancellationToken) =>
        new() { Tags = await FindAsync(context.Group(request.LogGroupName), cancellationToken) };

    private async ValueTask<EmptyShape> ChangeAsync(
        LogGroupKey group,
        IReadOnlyDictionary<string, string> put,
        IReadOnlyCollection<string> remove,
        Func<string, ServiceException> tooMany,
        CancellationToken cancellationToken) =>
        await store.ChangeTagsAsync(group, put, remove, MaxTags, cancellationToken) switch
        {
            null => throw LogNames.NoGroup(),
            < 0 => throw tooMany($"A log group can have at most {MaxTags} tags."),
            _ => EmptyShape.Instance,
        };

    private async ValueTask<Dictionary<string, string>> FindAsync(
        LogGroupKey group, CancellationToken cancellationToken) =>
        await store.FindTagsAsync(group, cancellationToken) is { } tags
            ? new Dictionary<string, string>(tags, StringComparer.Ordinal)
            : throw LogNames.NoGroup();
}
