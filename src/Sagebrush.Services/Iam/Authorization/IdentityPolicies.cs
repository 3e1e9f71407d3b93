using System.Collections.Concurrent;

using Sagebrush.Services.Iam.Policies;
using Sagebrush.Services.Iam.Users;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Iam;

/// <summary>What is attached to a user or role, compiled.</summary>
/// <param name="Policies">Inline and attached policies.</param>
/// <param name="Boundary">The policy that bounds them, if any.</param>
/// <param name="Tags">The identity's tags.</param>
internal sealed record IdentityGrants(IReadOnlyList<Policy> Policies, Policy? Boundary, IReadOnlyDictionary<string, string> Tags)
{
    public static IdentityGrants None { get; } = new([], null, new Dictionary<string, string>(0));
}

/// <summary>Finds what callers have been given, and keeps it compiled until something about identities changes.</summary>
/// <remarks>Thread safe; a call of a known identity touches memory only.</remarks>
internal sealed class IdentityPolicies(IResourceStore store, ManagedPolicies managed)
{
    private const int MaxCached = 4096;

    private const int MaxTags = 50;

    private readonly ResourceSet<UserDocument> _users = store.For(UserDirectory.Kind);
    private readonly ResourceSet<GroupDocument> _groups = store.For(GroupDirectory.Kind);
    private readonly ResourceSet<RoleDocument> _roles = store.For(RoleDirectory.Kind);
    private readonly ConcurrentDictionary<string, Policy> _compiled = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, IdentityGrants> _grants = new(StringComparer.Ordinal);

    /// <summary>Forgets what was found: a user, a role or a policy has changed.</summary>
    public void Forget() => _grants = new ConcurrentDictionary<string, IdentityGrants>(StringComparer.Ordinal);

    /// <summary>A document that was checked when it came in, compiled.</summary>
    public Policy Compile(string document)
    {
        if (_compiled.Count >= MaxCached)
        {
            _compiled.Clear();
        }

        return _compiled.GetOrAdd(document, Policy.Parse);
    }

    /// <summary>What the caller's user or role has been given.</summary>
    public async ValueTask<IdentityGrants> OfAsync(Principal caller, CancellationToken cancellationToken)
    {
        // Taken before the store is read: a change in between leads to a cache nobody looks at.
        var grants = _grants;
        if (grants.TryGetValue(caller.IdentityArn, out var known))
        {
            return known;
        }

        var found = await FindAsync(caller, cancellationToken);
        if (grants.Count >= MaxCached)
        {
            grants.Clear();
        }

        grants[caller.IdentityArn] = found;
        return found;
    }

    /// <summary>A managed policy, compiled; null when there is none of that ARN.</summary>
    public async ValueTask<Policy?> ManagedAsync(string policyArn, CancellationToken cancellationToken) =>
        await managed.FindDocumentAsync(policyArn, cancellationToken) is { } document ? Compile(document) : null;

    private async ValueTask<IdentityGrants> FindAsync(Principal caller, CancellationToken cancellationToken)
    {
        if (await FindAsync(caller.IdentityArn, cancellationToken) is { } found)
        {
            return found;
        }

        // Jobs may name a role nobody has made: they get what the default role has.
        return caller.Session is { IsForJob: true }
            && await _roles.FindAsync(caller.AccountId, RoleDirectory.GlobalRegion, RoleDirectory.DefaultRoleName.ToLowerInvariant(), cancellationToken) is { } role
                ? await OfRoleAsync(role, cancellationToken)
                : IdentityGrants.None;
    }

    /// <summary>What a user, a role or a group has been given, as the store has it; null where there is none of that ARN.</summary>
    public async ValueTask<IdentityGrants?> FindAsync(string arn, CancellationToken cancellationToken)
    {
        if (arn.Contains(":user/", StringComparison.Ordinal))
        {
            return await _users.FindByArnAsync(arn, cancellationToken) is { } user ? await OfUserAsync(user, cancellationToken) : null;
        }

        if (arn.Contains(":group/", StringComparison.Ordinal))
        {
            return await _groups.FindByArnAsync(arn, cancellationToken) is { Document: var group }
                ? await GatherAsync(arn, group.Policies.Values, group.AttachedPolicies, boundary: null, cancellationToken)
                : null;
        }

        return await _roles.FindByArnAsync(arn, cancellationToken) is { } role ? await OfRoleAsync(role, cancellationToken) : null;
    }

    private async ValueTask<IdentityGrants> OfUserAsync(Stored<UserDocument> user, CancellationToken cancellationToken)
    {
        List<string> inline = [.. user.Document.Policies.Values];
        List<string> attached = [.. user.Document.AttachedPolicies];
        await foreach (var group in GroupDirectory.OfAsync(_groups, user, cancellationToken))
        {
            inline.AddRange(group.Document.Policies.Values);
            attached.AddRange(group.Document.AttachedPolicies);
        }

        return await GatherAsync(user.Arn, inline, attached.Distinct(), user.Document.PermissionsBoundary, cancellationToken);
    }

    private ValueTask<IdentityGrants> OfRoleAsync(Stored<RoleDocument> role, CancellationToken cancellationToken) =>
        GatherAsync(role.Arn, role.Document.Policies.Values, role.Document.AttachedPolicies, role.Document.PermissionsBoundary, cancellationToken);

    private async ValueTask<IdentityGrants> GatherAsync(
        string arn, IEnumerable<string> inline, IEnumerable<string> attached, string? boundary, CancellationToken cancellationToken)
    {
        var policies = inline.Select(Compile).ToList();
        foreach (var policyArn in attached)
        {
            if (await ManagedAsync(policyArn, cancellationToken) is { } policy)
            {
                policies.Add(policy);
            }
        }

        // A boundary that is gone allows nothing.
        var bound = boundary is null ? null : await ManagedAsync(boundary, cancellationToken) ?? Compile("""{"Statement":[]}""");
        var tags = await store.ListTagsAsync(arn, MaxTags, null, cancellationToken);
        return new IdentityGrants(policies, bound, tags?.Tags.ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal) ?? []);
    }
}
