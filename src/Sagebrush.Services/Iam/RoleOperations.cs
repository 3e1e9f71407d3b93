using Sagebrush.Contracts.Iam;
using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Iam;

/// <summary>Roles: made, read, listed, changed, tagged, deleted.</summary>
internal sealed class RoleOperations(RoleDirectory roles, IResourceStore store)
{
    private const int MaxTags = 50;

    public void Map(ApiMap api)
    {
        api.Map(IamApi.CreateRole, CreateAsync);
        api.Map(IamApi.GetRole, GetAsync);
        api.Map(IamApi.ListRoles, ListAsync);
        api.Map(IamApi.UpdateRole, UpdateAsync);
        api.Map(IamApi.UpdateAssumeRolePolicy, UpdateTrustAsync);
        api.Map(IamApi.DeleteRole, DeleteAsync);
        api.Map(IamApi.TagRole, TagAsync);
        api.Map(IamApi.UntagRole, UntagAsync);
        api.Map(IamApi.ListRoleTags, ListTagsAsync);
    }

    private async ValueTask<CreateRoleResponse> CreateAsync(CreateRoleRequest request, CallContext context, CancellationToken cancellationToken)
    {
        PolicyDocument.Check(request.AssumeRolePolicyDocument);
        var role = new RoleDocument
        {
            RoleName = request.RoleName,
            RoleId = RoleDirectory.NewRoleId(),
            Path = request.Path ?? "/",
            AssumeRolePolicyDocument = request.AssumeRolePolicyDocument,
            Description = request.Description,
            MaxSessionDuration = request.MaxSessionDuration ?? RoleDirectory.DefaultSessionSeconds,
            PermissionsBoundary = request.PermissionsBoundary,
        };
        var added = await roles.TryAddAsync(context.AccountId, role, Tags(request.Tags), cancellationToken)
            ?? throw IamErrors.EntityAlreadyExistsException($"Role with name {request.RoleName} already exists.");
        return new CreateRoleResponse { Role = Describe(added, request.Tags) };
    }

    private async ValueTask<GetRoleResponse> GetAsync(GetRoleRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var role = await roles.GetAsync(context.AccountId, request.RoleName, cancellationToken);
        var tags = await store.ListTagsAsync(role.Arn, MaxTags, null, cancellationToken);
        return new GetRoleResponse { Role = Describe(role, tags is { Tags.Count: > 0 } ? Tags(tags) : null) };
    }

    private async ValueTask<ListRolesResponse> ListAsync(ListRolesRequest request, CallContext context, CancellationToken cancellationToken)
    {
        try
        {
            var page = await roles.ListAsync(context.AccountId, request.MaxItems ?? MarkerPage.DefaultSize, request.Marker, cancellationToken);

            // A page may hold fewer roles than asked for, or none: IAM promises no more.
            return new ListRolesResponse
            {
                Roles = [.. page.Items
                    .Where(role => role.Document.Path.StartsWith(request.PathPrefix ?? "/", StringComparison.Ordinal))
                    .Select(role => Describe(role, null))],
                IsTruncated = page.NextToken is not null,
                Marker = page.NextToken,
            };
        }
        catch (InvalidPageTokenException)
        {
            throw new ServiceException("ValidationError", "Invalid Marker.");
        }
    }

    private async ValueTask<UpdateRoleResponse> UpdateAsync(UpdateRoleRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await roles.UpdateAsync(
            context.AccountId,
            request.RoleName,
            role => role with
            {
                Description = request.Description ?? role.Description,
                MaxSessionDuration = request.MaxSessionDuration ?? role.MaxSessionDuration,
            },
            cancellationToken);
        return new UpdateRoleResponse();
    }

    private async ValueTask<EmptyShape> UpdateTrustAsync(UpdateAssumeRolePolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        PolicyDocument.Check(request.PolicyDocument);
        await roles.UpdateAsync(
            context.AccountId, request.RoleName, role => role with { AssumeRolePolicyDocument = request.PolicyDocument }, cancellationToken);
        return new EmptyShape();
    }

    private async ValueTask<EmptyShape> DeleteAsync(DeleteRoleRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await roles.DeleteAsync(context.AccountId, request.RoleName, cancellationToken);
        return new EmptyShape();
    }

    private async ValueTask<EmptyShape> TagAsync(TagRoleRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var role = await roles.GetAsync(context.AccountId, request.RoleName, cancellationToken);
        var outcome = await store.PutTagsAsync(role.Arn, Tags(request.Tags), MaxTags, cancellationToken);
        roles.TagsChanged();
        return outcome == TagOutcome.TooMany
            ? throw IamErrors.LimitExceededException($"The number of tags has reached the maximum limit: {MaxTags}.")
            : new EmptyShape();
    }

    private async ValueTask<EmptyShape> UntagAsync(UntagRoleRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var role = await roles.GetAsync(context.AccountId, request.RoleName, cancellationToken);
        await store.RemoveTagsAsync(role.Arn, request.TagKeys, cancellationToken);
        roles.TagsChanged();
        return new EmptyShape();
    }

    private async ValueTask<ListRoleTagsResponse> ListTagsAsync(ListRoleTagsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var role = await roles.GetAsync(context.AccountId, request.RoleName, cancellationToken);
        var tags = await store.ListTagsAsync(role.Arn, MaxTags, null, cancellationToken);
        var byKey = tags?.Tags.ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal) ?? [];
        var page = MarkerPage.Of(byKey.Keys.Order(StringComparer.Ordinal), request.Marker, request.MaxItems);
        return new ListRoleTagsResponse
        {
            Tags = [.. page.Items.Select(key => new Tag { Key = key, Value = byKey[key] })],
            IsTruncated = page.IsTruncated,
            Marker = page.Marker,
        };
    }

    private static Role Describe(Stored<RoleDocument> role, List<Tag>? tags) => new()
    {
        RoleName = role.Document.RoleName,
        RoleId = role.Document.RoleId,
        Path = role.Document.Path,
        Arn = role.Arn,
        CreateDate = role.Created,

        // IAM escapes policies as in a URL; clients undo it.
        AssumeRolePolicyDocument = Uri.EscapeDataString(role.Document.AssumeRolePolicyDocument),
        Description = role.Document.Description,
        MaxSessionDuration = role.Document.MaxSessionDuration,
        PermissionsBoundary = role.Document.PermissionsBoundary is { } boundary
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
