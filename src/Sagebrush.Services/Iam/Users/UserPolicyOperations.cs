using Sagebrush.Contracts.Iam;
using Sagebrush.Services.Iam.Users;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Iam;

/// <summary>The policies of users: inline ones by name, attached ones by ARN, and the boundary.</summary>
internal sealed class UserPolicyOperations(UserDirectory users, ManagedPolicies managed)
{
    /// <summary>IAM's default quota.</summary>
    private const int MaxAttachedPolicies = 10;

    public void Map(ApiMap api)
    {
        api.Map(IamApi.PutUserPolicy, PutAsync);
        api.Map(IamApi.GetUserPolicy, GetAsync);
        api.Map(IamApi.DeleteUserPolicy, (r, c, t) => ChangeAsync(
            c, r.UserName, user => user.Policies.Remove(r.PolicyName) ? user : throw NoSuchPolicy(r.PolicyName), t));
        api.Map(IamApi.ListUserPolicies, ListAsync);
        api.Map(IamApi.AttachUserPolicy, AttachAsync);
        api.Map(IamApi.DetachUserPolicy, (r, c, t) => ChangeAsync(
            c, r.UserName, user => user.AttachedPolicies.Remove(r.PolicyArn) ? user : throw IamErrors.NoSuchEntityException($"Policy {r.PolicyArn} was not found."), t));
        api.Map(IamApi.ListAttachedUserPolicies, ListAttachedAsync);
        api.Map(IamApi.PutUserPermissionsBoundary, PutBoundaryAsync);
        api.Map(IamApi.DeleteUserPermissionsBoundary, (r, c, t) => ChangeAsync(c, r.UserName, user => user with { PermissionsBoundary = null }, t));
    }

    private ValueTask<EmptyShape> PutAsync(PutUserPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        PolicyDocument.Check(request.PolicyDocument);
        return ChangeAsync(
            context,
            request.UserName,
            user =>
            {
                user.Policies[request.PolicyName] = request.PolicyDocument;
                return user;
            },
            cancellationToken);
    }

    private async ValueTask<GetUserPolicyResponse> GetAsync(GetUserPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var user = await users.GetAsync(context.AccountId, request.UserName, cancellationToken);
        return new GetUserPolicyResponse
        {
            UserName = request.UserName,
            PolicyName = request.PolicyName,
            PolicyDocument = user.Document.Policies.TryGetValue(request.PolicyName, out var document)
                ? Uri.EscapeDataString(document)
                : throw NoSuchPolicy(request.PolicyName),
        };
    }

    private async ValueTask<ListUserPoliciesResponse> ListAsync(ListUserPoliciesRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var user = await users.GetAsync(context.AccountId, request.UserName, cancellationToken);
        var page = MarkerPage.Of(user.Document.Policies.Keys, request.Marker, request.MaxItems);
        return new ListUserPoliciesResponse { PolicyNames = page.Items, IsTruncated = page.IsTruncated, Marker = page.Marker };
    }

    private async ValueTask<EmptyShape> AttachAsync(AttachUserPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await managed.RequireAsync(request.PolicyArn, cancellationToken);
        return await ChangeAsync(
            context,
            request.UserName,
            user => !user.AttachedPolicies.Add(request.PolicyArn) || user.AttachedPolicies.Count <= MaxAttachedPolicies
                ? user
                : throw IamErrors.LimitExceededException($"Cannot exceed quota for PoliciesPerUser: {MaxAttachedPolicies}"),
            cancellationToken);
    }

    private async ValueTask<ListAttachedUserPoliciesResponse> ListAttachedAsync(
        ListAttachedUserPoliciesRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var user = await users.GetAsync(context.AccountId, request.UserName, cancellationToken);
        var page = MarkerPage.Of(ManagedPolicies.Under(user.Document.AttachedPolicies, request.PathPrefix), request.Marker, request.MaxItems);
        return new ListAttachedUserPoliciesResponse
        {
            AttachedPolicies = [.. page.Items.Select(ManagedPolicies.Attached)],
            IsTruncated = page.IsTruncated,
            Marker = page.Marker,
        };
    }

    private async ValueTask<EmptyShape> PutBoundaryAsync(PutUserPermissionsBoundaryRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await managed.RequireAsync(request.PermissionsBoundary, cancellationToken);
        return await ChangeAsync(context, request.UserName, user => user with { PermissionsBoundary = request.PermissionsBoundary }, cancellationToken);
    }

    private async ValueTask<EmptyShape> ChangeAsync(
        CallContext context, string userName, Func<UserDocument, UserDocument> change, CancellationToken cancellationToken)
    {
        await users.UpdateAsync(context.AccountId, userName, change, cancellationToken);
        return EmptyShape.Instance;
    }

    private static ServiceException NoSuchPolicy(string name) => IamErrors.NoSuchEntityException($"The user policy with name {name} cannot be found.");
}
