using System.Globalization;

using Sagebrush.Contracts.Iam;
using Sagebrush.Services.Iam.Users;
using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Iam;

/// <summary>Managed policies and their versions: made, read, listed, deleted.</summary>
internal sealed class ManagedPolicyOperations(ManagedPolicies managed, IdentityPolicies identities, TimeProvider clock)
{
    private const int MaxVersions = 5;

    public void Map(ApiMap api)
    {
        api.Map(IamApi.CreatePolicy, CreateAsync);
        api.Map(IamApi.GetPolicy, GetAsync);
        api.Map(IamApi.ListPolicies, ListAsync);
        api.Map(IamApi.DeletePolicy, DeleteAsync);
        api.Map(IamApi.CreatePolicyVersion, CreateVersionAsync);
        api.Map(IamApi.GetPolicyVersion, GetVersionAsync);
        api.Map(IamApi.ListPolicyVersions, ListVersionsAsync);
        api.Map(IamApi.DeletePolicyVersion, DeleteVersionAsync);
        api.Map(IamApi.SetDefaultPolicyVersion, SetDefaultAsync);
    }

    private async ValueTask<CreatePolicyResponse> CreateAsync(CreatePolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        PolicyDocument.Check(request.PolicyDocument);
        var path = request.Path ?? "/";
        var document = new ManagedPolicyDocument
        {
            PolicyName = request.PolicyName,
            PolicyId = UserDirectory.NewId("ANPA"),
            Path = path,
            Description = request.Description,
            DefaultVersion = "v1",
            NextVersion = 2,
            Versions = [new PolicyVersionDocument("v1", request.PolicyDocument, clock.GetUtcNow())],
        };
        List<ResourceTag> tags = [.. (request.Tags ?? []).Select(tag => new ResourceTag(tag.Key, tag.Value))];
        var added = await managed.Own.TryAddAsync(
            managed.Own.Key(context.AccountId, RoleDirectory.GlobalRegion, request.PolicyName.ToLowerInvariant()),
            $"arn:aws:iam::{context.AccountId}:policy{path}{request.PolicyName}",
            document,
            tags,
            cancellationToken)
            ?? throw IamErrors.EntityAlreadyExistsException($"A policy called {request.PolicyName} already exists. Duplicate names are not allowed.");
        return new CreatePolicyResponse { Policy = Describe(added) };
    }

    private async ValueTask<GetPolicyResponse> GetAsync(GetPolicyRequest request, CallContext context, CancellationToken cancellationToken) =>
        new() { Policy = IsOfAws(request.PolicyArn) ? DescribeOfAws(request.PolicyArn) : Describe(await FindAsync(request.PolicyArn, cancellationToken)) };

    private async ValueTask<ListPoliciesResponse> ListAsync(ListPoliciesRequest request, CallContext context, CancellationToken cancellationToken)
    {
        if (request.Scope == PolicyScopeType.Aws)
        {
            var names = MarkerPage.Of(AwsPolicies.Names.Order(StringComparer.Ordinal), request.Marker, request.MaxItems);
            return new ListPoliciesResponse
            {
                Policies = [.. names.Items.Select(name => DescribeOfAws(ManagedPolicies.AwsPrefix + name))],
                IsTruncated = names.IsTruncated,
                Marker = names.Marker,
            };
        }

        try
        {
            var query = new ResourceQuery
            {
                Account = context.AccountId,
                Region = RoleDirectory.GlobalRegion,
                Kind = ManagedPolicies.Kind.Name,
                SortBy = ResourceSort.Name,
                PageSize = request.MaxItems ?? MarkerPage.DefaultSize,
                PageToken = request.Marker,
            };
            var page = await managed.Own.ListAsync(query, cancellationToken);
            return new ListPoliciesResponse
            {
                Policies = [.. page.Items
                    .Where(policy => policy.Document.Path.StartsWith(request.PathPrefix ?? "/", StringComparison.Ordinal))
                    .Select(Describe)],
                IsTruncated = page.NextToken is not null,
                Marker = page.NextToken,
            };
        }
        catch (InvalidPageTokenException)
        {
            throw new ServiceException("ValidationError", "Invalid Marker.");
        }
    }

    private async ValueTask<EmptyShape> DeleteAsync(DeletePolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var policy = await FindAsync(request.PolicyArn, cancellationToken);
        if (policy.Document.Versions.Count > 1)
        {
            throw IamErrors.DeleteConflictException("This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.");
        }

        await managed.Own.DeleteAsync(policy.Key, null, cancellationToken);
        identities.Forget();
        return EmptyShape.Instance;
    }

    private async ValueTask<CreatePolicyVersionResponse> CreateVersionAsync(
        CreatePolicyVersionRequest request, CallContext context, CancellationToken cancellationToken)
    {
        PolicyDocument.Check(request.PolicyDocument);
        var now = clock.GetUtcNow();
        var changed = await ChangeAsync(
            request.PolicyArn,
            policy =>
            {
                if (policy.Versions.Count >= MaxVersions)
                {
                    throw IamErrors.LimitExceededException($"A managed policy can have up to {MaxVersions} versions. Before you create a new version, you must delete an existing version.");
                }

                var id = "v" + policy.NextVersion.ToString(CultureInfo.InvariantCulture);
                policy.Versions.Add(new PolicyVersionDocument(id, request.PolicyDocument, now));
                return policy with { NextVersion = policy.NextVersion + 1, DefaultVersion = request.SetAsDefault == true ? id : policy.DefaultVersion };
            },
            cancellationToken);
        return new CreatePolicyVersionResponse { PolicyVersion = Describe(changed, changed.Document.Versions[^1], withDocument: false) };
    }

    private async ValueTask<GetPolicyVersionResponse> GetVersionAsync(GetPolicyVersionRequest request, CallContext context, CancellationToken cancellationToken)
    {
        if (IsOfAws(request.PolicyArn))
        {
            var document = AwsPolicies.Find(request.PolicyArn);
            return document is not null && request.VersionId == "v1"
                ? new GetPolicyVersionResponse { PolicyVersion = new PolicyVersion { VersionId = "v1", IsDefaultVersion = true, Document = Uri.EscapeDataString(document), CreateDate = DateTimeOffset.UnixEpoch } }
                : throw NoVersion(request.PolicyArn, request.VersionId);
        }

        var policy = await FindAsync(request.PolicyArn, cancellationToken);
        var version = policy.Document.Versions.Find(version => version.VersionId == request.VersionId) ?? throw NoVersion(request.PolicyArn, request.VersionId);
        return new GetPolicyVersionResponse { PolicyVersion = Describe(policy, version, withDocument: true) };
    }

    private async ValueTask<ListPolicyVersionsResponse> ListVersionsAsync(
        ListPolicyVersionsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var policy = await FindAsync(request.PolicyArn, cancellationToken);
        return new ListPolicyVersionsResponse
        {
            Versions = [.. policy.Document.Versions.AsEnumerable().Reverse().Select(version => Describe(policy, version, withDocument: false))],
            IsTruncated = false,
        };
    }

    private async ValueTask<EmptyShape> DeleteVersionAsync(DeletePolicyVersionRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await ChangeAsync(
            request.PolicyArn,
            policy => policy.DefaultVersion == request.VersionId
                ? throw IamErrors.DeleteConflictException("Cannot delete the default version of a policy.")
                : policy.Versions.RemoveAll(version => version.VersionId == request.VersionId) == 1 ? policy : throw NoVersion(request.PolicyArn, request.VersionId),
            cancellationToken);
        return EmptyShape.Instance;
    }

    private async ValueTask<EmptyShape> SetDefaultAsync(SetDefaultPolicyVersionRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await ChangeAsync(
            request.PolicyArn,
            policy => policy.Versions.Exists(version => version.VersionId == request.VersionId)
                ? policy with { DefaultVersion = request.VersionId }
                : throw NoVersion(request.PolicyArn, request.VersionId),
            cancellationToken);
        return EmptyShape.Instance;
    }

    private async ValueTask<Stored<ManagedPolicyDocument>> ChangeAsync(
        string arn, Func<ManagedPolicyDocument, ManagedPolicyDocument> change, CancellationToken cancellationToken)
    {
        var policy = await FindAsync(arn, cancellationToken);
        var changed = await managed.Own.UpdateAsync(policy.Key, change, cancellationToken) ?? throw NotFound(arn);
        identities.Forget();
        return changed;
    }

    private async ValueTask<Stored<ManagedPolicyDocument>> FindAsync(string arn, CancellationToken cancellationToken) =>
        await managed.Own.FindByArnAsync(arn, cancellationToken) ?? throw NotFound(arn);

    private static bool IsOfAws(string arn) => arn.StartsWith(ManagedPolicies.AwsPrefix, StringComparison.Ordinal);

    private static Policy DescribeOfAws(string arn) => AwsPolicies.Find(arn) is null ? throw NotFound(arn) : new Policy
    {
        PolicyName = arn[(arn.LastIndexOf('/') + 1)..],
        Arn = arn,
        Path = "/",
        DefaultVersionId = "v1",
        IsAttachable = true,
    };

    private static Policy Describe(Stored<ManagedPolicyDocument> policy) => new()
    {
        PolicyName = policy.Document.PolicyName,
        PolicyId = policy.Document.PolicyId,
        Arn = policy.Arn,
        Path = policy.Document.Path,
        Description = policy.Document.Description,
        DefaultVersionId = policy.Document.DefaultVersion,
        IsAttachable = true,
        CreateDate = policy.Created,
        UpdateDate = policy.Modified,
    };

    private static PolicyVersion Describe(Stored<ManagedPolicyDocument> policy, PolicyVersionDocument version, bool withDocument) => new()
    {
        VersionId = version.VersionId,
        IsDefaultVersion = version.VersionId == policy.Document.DefaultVersion,
        CreateDate = version.Created,
        Document = withDocument ? Uri.EscapeDataString(version.Document) : null,
    };

    private static ServiceException NotFound(string arn) => IamErrors.NoSuchEntityException($"Policy {arn} was not found.");

    private static ServiceException NoVersion(string arn, string version) => IamErrors.NoSuchEntityException($"Policy {arn} version {version} does not exist or is not attachable.");
}
