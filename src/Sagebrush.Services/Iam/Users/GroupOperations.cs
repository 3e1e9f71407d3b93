using Sagebrush.Contracts.Iam;
using Sagebrush.Services.Iam.Users;
using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Iam;

/// <summary>Groups and the users in them.</summary>
internal sealed class GroupOperations(GroupDirectory groups, UserDirectory users)
{
    /// <summary>IAM's quota.</summary>
    private const int MaxGroupsOfUser = 10;

    public void Map(ApiMap api)
    {
        api.Map(IamApi.CreateGroup, CreateAsync);
        api.Map(IamApi.GetGroup, GetAsync);
        api.Map(IamApi.ListGroups, ListAsync);
        api.Map(IamApi.DeleteGroup, DeleteAsync);
        api.Map(IamApi.AddUserToGroup, AddUserAsync);
        api.Map(IamApi.RemoveUserFromGroup, RemoveUserAsync);
        api.Map(IamApi.ListGroupsForUser, ListOfUserAsync);
    }

    private async ValueTask<CreateGroupResponse> CreateAsync(CreateGroupRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var group = new GroupDocument { GroupName = request.GroupName, GroupId = UserDirectory.NewId("AGPA"), Path = request.Path ?? "/" };
        var added = await groups.TryAddAsync(context.AccountId, group, cancellationToken)
            ?? throw IamErrors.EntityAlreadyExistsException($"Group with name {request.GroupName} already exists.");
        return new CreateGroupResponse { Group = Describe(added) };
    }

    private async ValueTask<GetGroupResponse> GetAsync(GetGroupRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var group = await groups.GetAsync(context.AccountId, request.GroupName, cancellationToken);
        var page = MarkerPage.Of(group.Document.Members.Keys, request.Marker, request.MaxItems);
        var members = new List<User>(page.Items.Count);
        foreach (var name in page.Items)
        {
            if (await users.FindAsync(context.AccountId, name, cancellationToken) is { } user && group.Document.Has(user.Document))
            {
                members.Add(UserOperations.Describe(user, null));
            }
        }

        return new GetGroupResponse { Group = Describe(group), Users = members, IsTruncated = page.IsTruncated, Marker = page.Marker };
    }

    private async ValueTask<ListGroupsResponse> ListAsync(ListGroupsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        try
        {
            var page = await groups.ListAsync(context.AccountId, request.MaxItems ?? MarkerPage.DefaultSize, request.Marker, cancellationToken);
            return new ListGroupsResponse
            {
                Groups = [.. page.Items.Where(group => group.Document.Path.StartsWith(request.PathPrefix ?? "/", StringComparison.Ordinal)).Select(Describe)],
                IsTruncated = page.NextToken is not null,
                Marker = page.NextToken,
            };
        }
        catch (InvalidPageTokenException)
        {
            throw new ServiceException("ValidationError", "Invalid Marker.");
        }
    }

    private async ValueTask<EmptyShape> DeleteAsync(DeleteGroupRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await groups.DeleteAsync(context.AccountId, request.GroupName, cancellationToken);
        return EmptyShape.Instance;
    }

    private async ValueTask<EmptyShape> AddUserAsync(AddUserToGroupRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var group = await groups.GetAsync(context.AccountId, request.GroupName, cancellationToken);
        var user = await users.GetAsync(context.AccountId, request.UserName, cancellationToken);
        if (!group.Document.Has(user.Document) && await groups.OfAsync(user, cancellationToken).CountAsync(cancellationToken) >= MaxGroupsOfUser)
        {
            throw IamErrors.LimitExceededException($"Cannot exceed quota for GroupsPerUser: {MaxGroupsOfUser}");
        }

        await groups.UpdateAsync(
            context.AccountId,
            request.GroupName,
            document =>
            {
                document.Members[user.Document.UserName] = user.Document.UserId;
                return document;
            },
            cancellationToken);
        return EmptyShape.Instance;
    }

    private async ValueTask<EmptyShape> RemoveUserAsync(RemoveUserFromGroupRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await groups.UpdateAsync(
            context.AccountId,
            request.GroupName,
            document => document.Members.Remove(request.UserName)
                ? document
                : throw IamErrors.NoSuchEntityException($"The user with name {request.UserName} cannot be found in group {request.GroupName}."),
            cancellationToken);
        return EmptyShape.Instance;
    }

    private async ValueTask<ListGroupsForUserResponse> ListOfUserAsync(ListGroupsForUserRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var user = await users.GetAsync(context.AccountId, request.UserName, cancellationToken);
        var all = await groups.OfAsync(user, cancellationToken).ToDictionaryAsync(group => group.Document.GroupName, Describe, cancellationToken: cancellationToken);
        var page = MarkerPage.Of(all.Keys.Order(StringComparer.Ordinal), request.Marker, request.MaxItems);
        return new ListGroupsForUserResponse { Groups = page.Items.ConvertAll(name => all[name]), IsTruncated = page.IsTruncated, Marker = page.Marker };
    }

    private static Group Describe(Stored<GroupDocument> group) => new()
    {
        GroupName = group.Document.GroupName,
        GroupId = group.Document.GroupId,
        Path = group.Document.Path,
        Arn = group.Arn,
        CreateDate = group.Created,
    };
}
