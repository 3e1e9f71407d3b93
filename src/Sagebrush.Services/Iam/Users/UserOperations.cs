using Sagebrush.Contracts.Iam;
using Sagebrush.Services.Iam.Users;
using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Iam;

/// <summary>Users and their access keys.</summary>
internal sealed class UserOperations(UserDirectory users, CredentialsStore credentials, IResourceStore store, TimeProvider clock)
{
    private const int MaxTags = 50;

    public void Map(ApiMap api)
    {
        api.Map(IamApi.CreateUser, CreateAsync);
        api.Map(IamApi.GetUser, GetAsync);
        api.Map(IamApi.ListUsers, ListAsync);
        api.Map(IamApi.DeleteUser, DeleteAsync);
        api.Map(IamApi.TagUser, TagAsync);
        api.Map(IamApi.UntagUser, UntagAsync);
        api.Map(IamApi.ListUserTags, ListTagsAsync);
        api.Map(IamApi.CreateAccessKey, CreateKeyAsync);
        api.Map(IamApi.ListAccessKeys, ListKeysAsync);
        api.Map(IamApi.UpdateAccessKey, UpdateKeyAsync);
        api.Map(IamApi.DeleteAccessKey, DeleteKeyAsync);
    }

    private async ValueTask<CreateUserResponse> CreateAsync(CreateUserRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var user = new UserDocument
        {
            UserName = request.UserName,
            UserId = UserDirectory.NewId("AIDA"),
            Path = request.Path ?? "/",
            PermissionsBoundary = request.PermissionsBoundary,
        };
        var added = await users.TryAddAsync(context.AccountId, user, Tags(request.Tags), cancellationToken)
            ?? throw IamErrors.EntityAlreadyExistsException($"User with name {request.UserName} already exists.");
        return new CreateUserResponse { User = Describe(added, request.Tags) };
    }

    private async ValueTask<GetUserResponse> GetAsync(GetUserRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var root = credentials.Root.Principal;
        if (request.UserName is null && context.Principal.IsRoot)
        {
            return new GetUserResponse { User = new User { Path = "/", UserName = "root", UserId = root.UserId, Arn = root.Arn, CreateDate = credentials.Created } };
        }

        var user = await users.GetAsync(context.AccountId, NameOf(request.UserName, context), cancellationToken);
        var tags = await store.ListTagsAsync(user.Arn, MaxTags, null, cancellationToken);
        return new GetUserResponse { User = Describe(user, tags is { Tags.Count: > 0 } ? Tags(tags) : null) };
    }

    private async ValueTask<ListUsersResponse> ListAsync(ListUsersRequest request, CallContext context, CancellationToken cancellationToken)
    {
        try
        {
            var page = await users.ListAsync(context.AccountId, request.MaxItems ?? MarkerPage.DefaultSize, request.Marker, cancellationToken);
            return new ListUsersResponse
            {
                Users = [.. page.Items
                    .Where(user => user.Document.Path.StartsWith(request.PathPrefix ?? "/", StringComparison.Ordinal))
                    .Select(user => Describe(user, null))],
                IsTruncated = page.NextToken is not null,
                Marker = page.NextToken,
            };
        }
        catch (InvalidPageTokenException)
        {
            throw new ServiceException("ValidationError", "Invalid Marker.");
        }
    }

    private async ValueTask<EmptyShape> DeleteAsync(DeleteUserRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await users.DeleteAsync(context.AccountId, request.UserName, cancellationToken);
        return EmptyShape.Instance;
    }

    private async ValueTask<EmptyShape> TagAsync(TagUserRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var user = await users.GetAsync(context.AccountId, request.UserName, cancellationToken);
        var outcome = await store.PutTagsAsync(user.Arn, Tags(request.Tags), MaxTags, cancellationToken);
        users.TagsChanged();
        return outcome == TagOutcome.TooMany
            ? throw IamErrors.LimitExceededException($"The number of tags has reached the maximum limit: {MaxTags}.")
            : EmptyShape.Instance;
    }

    private async ValueTask<EmptyShape> UntagAsync(UntagUserRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var user = await users.GetAsync(context.AccountId, request.UserName, cancellationToken);
        await store.RemoveTagsAsync(user.Arn, request.TagKeys, cancellationToken);
        users.TagsChanged();
        return EmptyShape.Instance;
    }

    private async ValueTask<ListUserTagsResponse> ListTagsAsync(ListUserTagsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var user = await users.GetAsync(context.AccountId, request.UserName, cancellationToken);
        var tags = await store.ListTagsAsync(user.Arn, MaxTags, null, cancellationToken);
        return new ListUserTagsResponse { Tags = tags is null ? [] : Tags(tags), IsTruncated = false };
    }

    private async ValueTask<CreateAccessKeyResponse> CreateKeyAsync(CreateAccessKeyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var name = NameOf(request.UserName, context);
        var now = clock.GetUtcNow();
        var key = await users.AddKeyAsync(context.AccountId, name, now, cancellationToken);
        return new CreateAccessKeyResponse
        {
            AccessKey = new AccessKey
            {
                UserName = name,
                AccessKeyId = key.AccessKeyId,
                SecretAccessKey = key.SecretAccessKey,
                Status = StatusType.Active,
                CreateDate = now,
            },
        };
    }

    private async ValueTask<ListAccessKeysResponse> ListKeysAsync(ListAccessKeysRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var name = NameOf(request.UserName, context);
        var user = await users.GetAsync(context.AccountId, name, cancellationToken);
        return new ListAccessKeysResponse
        {
            AccessKeyMetadata = [.. user.Document.AccessKeys.Select(key => new AccessKeyMetadata
            {
                UserName = name,
                AccessKeyId = key.AccessKeyId,
                Status = key.Active ? StatusType.Active : StatusType.Inactive,
                CreateDate = key.Created,
            })],
            IsTruncated = false,
        };
    }

    private async ValueTask<EmptyShape> UpdateKeyAsync(UpdateAccessKeyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await users.SetKeyAsync(context.AccountId, NameOf(request.UserName, context), request.AccessKeyId, request.Status == StatusType.Active, cancellationToken);
        return EmptyShape.Instance;
    }

    private async ValueTask<EmptyShape> DeleteKeyAsync(DeleteAccessKeyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await users.SetKeyAsync(context.AccountId, NameOf(request.UserName, context), request.AccessKeyId, null, cancellationToken);
        return EmptyShape.Instance;
    }

    /// <summary>The user a request names, else the one who calls.</summary>
    private static string NameOf(string? userName, CallContext context) =>
        userName ?? (context.Principal.IdentityArn is var arn && arn.Contains(":user/", StringComparison.Ordinal)
            ? arn[(arn.LastIndexOf('/') + 1)..]
            : throw new ServiceException("ValidationError", "Must specify userName when calling with non-User credentials"));

    /// <summary>A user as answers show it.</summary>
    public static User Describe(Stored<UserDocument> user, List<Tag>? tags) => new()
    {
        UserName = user.Document.UserName,
        UserId = user.Document.UserId,
        Path = user.Document.Path,
        Arn = user.Arn,
        CreateDate = user.Created,
        PermissionsBoundary = user.Document.PermissionsBoundary is { } boundary
            ? new AttachedPermissionsBoundary
            {
                PermissionsBoundaryType = PermissionsBoundaryAttachmentType.PermissionsBoundaryPolicy,
                PermissionsBoundaryArn = boundary,
            }
            : null,
        Tags = tags,
    };

    private static List<ResourceTag> Tags(List<Tag>? tags) => [.. (tags ?? []).Select(tag => new ResourceTag(tag.Key, tag.Value))];

    private static List<Tag> Tags(TagPage page) => [.. page.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })];
}
