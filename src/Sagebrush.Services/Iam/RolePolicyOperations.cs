using Sagebrush.Contracts.Iam;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Iam;

/// <summary>The policies of roles: inline ones by name, attached ones by ARN.</summary>
internal sealed class RolePolicyOperations(RoleDirectory roles, ManagedPolicies managed)
{
    /// <summary>IAM's default quota.</summary>
    private const int MaxAttachedPolicies = 10;

    public void Map(ApiMap api)
    {
        api.Map(IamApi.PutRolePolicy, PutAsync);
        api.Map(IamApi.GetRolePolicy, GetAsync);
        api.Map(IamApi.DeleteRolePolicy, DeleteAsync);
        api.Map(IamApi.ListRolePolicies, ListAsync);
        api.Map(IamApi.AttachRolePolicy, AttachAsync);
        api.Map(IamApi.DetachRolePolicy, DetachAsync);
        api.Map(IamApi.ListAttachedRolePolicies, ListAttachedAsync);
        api.Map(IamApi.PutRolePermissionsBoundary, PutBoundaryAsync);
        api.Map(IamApi.DeleteRolePermissionsBoundary, DeleteBoundaryAsync);
    }

    private async ValueTask<EmptyShape> PutAsync(PutRolePolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        PolicyDocument.Check(request.PolicyDocument);
        await roles.UpdateAsync(
            context.AccountId,
            request.RoleName,
            role =>
            {
                role.Policies[request.PolicyName] = request.PolicyDocument;
                return role;
            },
            cancellationToken);
        return new EmptyShape();
    }

    private async ValueTask<GetRolePolicyResponse> GetAsync(GetRolePolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var role = await roles.GetAsync(context.AccountId, request.RoleName, cancellationToken);
        return new GetRolePolicyResponse
        {
            RoleName = request.RoleName,
            PolicyName = request.PolicyName,
            PolicyDocument = role.Document.Policies.TryGetValue(request.PolicyName, out var document)
                ? Uri.EscapeDataString(document)
                : throw NoSuchPolicy(request.PolicyName),
        };
    }

    private async ValueTask<EmptyShape> DeleteAsync(DeleteRolePolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await roles.UpdateAsync(
            context.AccountId,
            request.RoleName,
            role => role.Policies.Remove(request.PolicyName) ? role : throw NoSuchPolicy(request.PolicyName),
            cancellationToken);
        return new EmptyShape();
    }

    private async ValueTask<ListRolePoliciesResponse> ListAsync(ListRolePoliciesRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var role = await roles.GetAsync(context.AccountId, request.RoleName, cancellationToken);
        var page = MarkerPage.Of(role.Document.Policies.Keys, request.Marker, request.MaxItems);
        return new ListRolePoliciesResponse { PolicyNames = page.Items, IsTruncated = page.IsTruncated, Marker = page.Marker };
    }

    private async ValueTask<EmptyShape> AttachAsync(AttachRolePolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await managed.RequireAsync(request.PolicyArn, cancellationToken);
        await roles.UpdateAsync(
            context.AccountId,
            request.RoleName,
            role => !role.AttachedPolicies.Add(request.PolicyArn) || role.AttachedPolicies.Count <= MaxAttachedPolicies
                ? role
                : throw IamErrors.LimitExceededException($"Cannot exceed quota for PoliciesPerRole: {MaxAttachedPolicies}"),
            cancellationToken);
        return new EmptyShape();
    }

    private async ValueTask<EmptyShape> DetachAsync(DetachRolePolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await roles.UpdateAsync(
            context.AccountId,
            request.RoleName,
            role => role.AttachedPolicies.Remove(request.PolicyArn)
                ? role
                : throw IamErrors.NoSuchEntityException($"Policy {request.PolicyArn} was not found."),
            cancellationToken);
        return new EmptyShape();
    }

    private async ValueTask<ListAttachedRolePoliciesResponse> ListAttachedAsync(
        ListAttachedRolePoliciesRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var role = await roles.GetAsync(context.AccountId, request.RoleName, cancellationToken);
        var page = MarkerPage.Of(ManagedPolicies.Under(role.Document.AttachedPolicies, request.PathPrefix), request.Marker, request.MaxItems);
        return new ListAttachedRolePoliciesResponse
        {
            AttachedPolicies = [.. page.Items.Select(ManagedPolicies.Attached)],
            IsTruncated = page.IsTruncated,
            Marker = page.Marker,
        };
    }

    private async ValueTask<EmptyShape> PutBoundaryAsync(PutRolePermissionsBoundaryRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await managed.RequireAsync(request.PermissionsBoundary, cancellationToken);
        await roles.UpdateAsync(
            context.AccountId, request.RoleName, role => role with { PermissionsBoundary = request.PermissionsBoundary }, cancellationToken);
        return new EmptyShape();
    }

    private async ValueTask<EmptyShape> DeleteBoundaryAsync(DeleteRolePermissionsBoundaryRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await roles.UpdateAsync(context.AccountId, request.RoleName, role => role with { PermissionsBoundary = null }, cancellationToken);
        return new EmptyShape();
    }

    private static ServiceException NoSuchPolicy(string name) =>
        IamErrors.NoSuchEntityException($"The role policy with name {name} cannot be found.");
}
