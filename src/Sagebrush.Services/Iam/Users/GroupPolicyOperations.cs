using Sagebrush.Contracts.Iam;
using Sagebrush.Services.Iam.Users;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Iam;

/// <summary>The policies of groups: inline ones by name, attached ones by ARN.</summary>
internal sealed class GroupPolicyOperations(GroupDirectory groups, ManagedPolicies managed)
{
    /// <summary>IAM's default quota.</summary>
    private const int MaxAttachedPolicies = 10;

    public void Map(ApiMap api)
    {
        api.Map(IamApi.PutGroupPolicy, PutAsync);
        api.Map(IamApi.GetGroupPolicy, GetAsync);
        api.Map(IamApi.DeleteGroupPolicy, (r, c, t) => ChangeAsync(
            c, r.GroupName, group => group.Policies.Remove(r.PolicyName) ? group : throw NoSuchPolicy(r.PolicyName), t));
        api.Map(IamApi.ListGroupPolicies, ListAsync);
        api.Map(IamApi.AttachGroupPolicy, AttachAsync);
        api.Map(IamApi.DetachGroupPolicy, (r, c, t) => ChangeAsync(
            c, r.GroupName, group => group.AttachedPolicies.Remove(r.PolicyArn) ? group : throw IamErrors.NoSuchEntityException($"Policy {r.PolicyArn} was not found."), t));
        api.Map(IamApi.ListAttachedGroupPolicies, ListAttachedAsync);
    }

    private ValueTask<EmptyShape> PutAsync(PutGroupPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        PolicyDocument.Check(request.PolicyDocument);
        return ChangeAsync(
            context,
            request.GroupName,
            group =>
            {
                group.Policies[request.PolicyName] = request.PolicyDocument;
                return group;
            },
            cancellationToken);
    }

    private async ValueTask<GetGroupPolicyResponse> GetAsync(GetGroupPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var group = await groups.GetAsync(context.AccountId, request.GroupName, cancellationToken);
        return new GetGroupPolicyResponse
        {
            GroupName = request.GroupName,
            PolicyName = request.PolicyName,
            PolicyDocument = group.Document.Policies.TryGetValue(request.PolicyName, out var document)
                ? Uri.EscapeDataString(document)
                : throw NoSuchPolicy(request.PolicyName),
        };
    }

    private async ValueTask<ListGroupPoliciesResponse> ListAsync(ListGroupPoliciesRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var group = await groups.GetAsync(context.AccountId, request.GroupName, cancellationToken);
        var page = MarkerPage.Of(group.Document.Policies.Keys, request.Marker, request.MaxItems);
        return new ListGroupPoliciesResponse { PolicyNames = page.Items, IsTruncated = page.IsTruncated, Marker = page.Marker };
    }

    private async ValueTask<EmptyShape> AttachAsync(AttachGroupPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await managed.RequireAsync(request.PolicyArn, cancellationToken);
        return await ChangeAsync(
            context,
            request.GroupName,
            group => !group.AttachedPolicies.Add(request.PolicyArn) || group.AttachedPolicies.Count <= MaxAttachedPolicies
                ? group
                : throw IamErrors.LimitExceededException($"Cannot exceed quota for PoliciesPerGroup: {MaxAttachedPolicies}"),
            cancellationToken);
    }

    private async ValueTask<ListAttachedGroupPoliciesResponse> ListAttachedAsync(
        ListAttachedGroupPoliciesRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var group = await groups.GetAsync(context.AccountId, request.GroupName, cancellationToken);
        var page = MarkerPage.Of(ManagedPolicies.Under(group.Document.AttachedPolicies, request.PathPrefix), request.Marker, request.MaxItems);
        return new ListAttachedGroupPoliciesResponse
        {
            AttachedPolicies = [.. page.Items.Select(ManagedPolicies.Attached)],
            IsTruncated = page.IsTruncated,
            Marker = page.Marker,
        };
    }

    private async ValueTask<EmptyShape> ChangeAsync(
        CallContext context, string groupName, Func<GroupDocument, GroupDocument> change, CancellationToken cancellationToken)
    {
        await groups.UpdateAsync(context.AccountId, groupName, change, cancellationToken);
        return EmptyShape.Instance;
    }

    private static ServiceException NoSuchPolicy(string name) => IamErrors.NoSuchEntityException($"The group policy with name {name} cannot be found.");
}
