using System.Security.Cryptography;

using Sagebrush.Contracts.Iam;
using Sagebrush.Services.Documents;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Iam;

/// <summary>The roles of each account: the face of IAM to the other capabilities.</summary>
/// <remarks>Roles belong to an account, not to a region. Thread safe.</remarks>
internal sealed class RoleDirectory(IResourceStore store, IdentityPolicies identities)
{
    /// <summary>The name of the role that every account has from its start.</summary>
    public const string DefaultRoleName = "AmazonSageMaker-ExecutionRole";

    /// <summary>Stands for "no region", as IAM's ARNs leave it empty.</summary>
    public const string GlobalRegion = "aws-global";

    public const int DefaultSessionSeconds = 3600;

    private const string IdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static readonly ResourceKind<RoleDocument> Kind =
        new("Role", new JsonDocumentSerializer<RoleDocument>(RoleDocumentContext.Default.RoleDocument));

    private readonly ResourceSet<RoleDocument> _roles = store.For(Kind);

    public static string Arn(string account, string path, string roleName) => $"arn:aws:iam::{account}:role{path}{roleName}";

    public ResourceKey Key(string account, string roleName) => _roles.Key(account, GlobalRegion, roleName.ToLowerInvariant());

    /// <summary>Makes a role with an id of its own.</summary>
    /// <returns>The role, or null when the account has one of that name, in whatever letter case.</returns>
    public async ValueTask<Stored<RoleDocument>?> TryAddAsync(
        string account, RoleDocument role, IReadOnlyList<ResourceTag> tags, CancellationToken cancellationToken)
    {
        var added = await _roles.TryAddAsync(Key(account, role.RoleName), Arn(account, role.Path, role.RoleName), role, tags, cancellationToken);
        identities.Forget();
        return added;
    }

    /// <summary>Tells that a role's tags have changed, which policies may look at.</summary>
    public void TagsChanged() => identities.Forget();

    public static string NewRoleId() => "AROA" + RandomNumberGenerator.GetString(IdAlphabet, 17);

    /// <summary>Finds a role by name.</summary>
    /// <exception cref="ServiceException"><c>NoSuchEntity</c>.</exception>
    public async ValueTask<Stored<RoleDocument>> GetAsync(string account, string roleName, CancellationToken cancellationToken) =>
        await FindAsync(account, roleName, cancellationToken) ?? throw NotFound(roleName);

    /// <summary>Finds a role by name, or null.</summary>
    public async ValueTask<Stored<RoleDocument>?> FindAsync(string account, string roleName, CancellationToken cancellationToken) =>
        await _roles.FindAsync(Key(account, roleName), cancellationToken) is { } found && found.Document.RoleName == roleName ? found : null;

    /// <summary>Finds a role by ARN, of whatever account.</summary>
    public ValueTask<Stored<RoleDocument>?> FindByArnAsync(string arn, CancellationToken cancellationToken) =>
        _roles.FindByArnAsync(arn, cancellationToken);

    /// <summary>Changes a role.</summary>
    /// <exception cref="ServiceException"><c>NoSuchEntity</c>, or what <paramref name="change"/> throws.</exception>
    public async ValueTask UpdateAsync(
        string account, string roleName, Func<RoleDocument, RoleDocument> change, CancellationToken cancellationToken)
    {
        var role = await GetAsync(account, roleName, cancellationToken);
        _ = await _roles.UpdateAsync(role.Key, change, cancellationToken) ?? throw NotFound(roleName);
        identities.Forget();
    }

    /// <summary>Deletes a role without policies.</summary>
    /// <exception cref="ServiceException"><c>NoSuchEntity</c> or <c>DeleteConflict</c>.</exception>
    public async ValueTask DeleteAsync(string account, string roleName, CancellationToken cancellationToken)
    {
        var deleted = false;
        while (!deleted)
        {
            var role = await GetAsync(account, roleName, cancellationToken);
            if (role.Document.Policies.Count > 0)
            {
                throw IamErrors.DeleteConflictException("Cannot delete entity, must delete policies first.");
            }

            if (role.Document.AttachedPolicies.Count > 0)
            {
                throw IamErrors.DeleteConflictException("Cannot delete entity, must detach all policies first.");
            }

            // Somebody may have put a policy on it meanwhile: then look again.
            deleted = await _roles.DeleteAsync(role.Key, role.Version, cancellationToken);
        }

        identities.Forget();
    }

    public ValueTask<StoredPage<RoleDocument>> ListAsync(
        string account, int pageSize, string? pageToken, CancellationToken cancellationToken) =>
        _roles.ListAsync(
            new ResourceQuery
            {
                Account = account,
                Region = GlobalRegion,
                Kind = Kind.Name,
                SortBy = ResourceSort.Name,
                PageSize = pageSize,
                PageToken = pageToken,
            },
            cancellationToken);

    private static ServiceException NotFound(string roleName) =>
        IamErrors.NoSuchEntityException($"The role with name {roleName} cannot be found.");
}
