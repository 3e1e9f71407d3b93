using System.Runtime.CompilerServices;

using Sagebrush.Contracts.Iam;
using Sagebrush.Services.Documents;
using Sagebrush.Services.Iam.Users;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Iam;

/// <summary>The groups of each account, and who is in them.</summary>
/// <remarks>Groups belong to an account, not to a region; IAM allows an account a few hundred. Thread safe.</remarks>
internal sealed class GroupDirectory(IResourceStore store, IdentityPolicies identities)
{
    public static readonly ResourceKind<GroupDocument> Kind = new("Group", new JsonDocumentSerializer<GroupDocument>(UserJson.Default.GroupDocument));

    private const int PageSize = 100;

    private readonly ResourceSet<GroupDocument> _groups = store.For(Kind);

    public static string Arn(string account, string path, string groupName) => $"arn:aws:iam::{account}:group{path}{groupName}";

    /// <summary>The groups that a user is in, by name.</summary>
    public static async IAsyncEnumerable<Stored<GroupDocument>> OfAsync(
        ResourceSet<GroupDocument> groups, Stored<UserDocument> user, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? token = null;
        do
        {
            var page = await groups.ListAsync(Query(user.Key.Account, PageSize, token), cancellationToken);
            foreach (var group in page.Items.Where(group => group.Document.Has(user.Document)))
            {
                yield return group;
            }

            token = page.NextToken;
        }
        while (token is not null);
    }

    /// <summary>The groups that a user is in, by name.</summary>
    public IAsyncEnumerable<Stored<GroupDocument>> OfAsync(Stored<UserDocument> user, CancellationToken cancellationToken) => OfAsync(_groups, user, cancellationToken);

    public ValueTask<Stored<GroupDocument>?> TryAddAsync(string account, GroupDocument group, CancellationToken cancellationToken) =>
        _groups.TryAddAsync(Key(account, group.GroupName), Arn(account, group.Path, group.GroupName), group, [], cancellationToken);

    /// <summary>Finds a group by name, or null.</summary>
    public async ValueTask<Stored<GroupDocument>?> FindAsync(string account, string groupName, CancellationToken cancellationToken) =>
        await _groups.FindAsync(Key(account, groupName), cancellationToken) is { } found && found.Document.GroupName == groupName ? found : null;

    /// <summary>Finds a group by name.</summary>
    /// <exception cref="ServiceException"><c>NoSuchEntity</c>.</exception>
    public async ValueTask<Stored<GroupDocument>> GetAsync(string account, string groupName, CancellationToken cancellationToken) =>
        await FindAsync(account, groupName, cancellationToken) ?? throw NotFound(groupName);

    /// <summary>Changes a group; what its users may do changes with this call's return.</summary>
    /// <exception cref="ServiceException"><c>NoSuchEntity</c>, or what <paramref name="change"/> throws.</exception>
    public async ValueTask UpdateAsync(string account, string groupName, Func<GroupDocument, GroupDocument> change, CancellationToken cancellationToken)
    {
        var group = await GetAsync(account, groupName, cancellationToken);
        if (await _groups.UpdateAsync(group.Key, change, cancellationToken) is null)
        {
            throw NotFound(groupName);
        }

        identities.Forget();
    }

    /// <summary>Deletes a group without users and policies.</summary>
    /// <exception cref="ServiceException"><c>NoSuchEntity</c> or <c>DeleteConflict</c>.</exception>
    public async ValueTask DeleteAsync(string account, string groupName, CancellationToken cancellationToken)
    {
        var deleted = false;
        while (!deleted)
        {
            var group = await GetAsync(account, groupName, cancellationToken);
            var left = group.Document.Members.Count > 0 ? "remove users from group"
                : group.Document.Policies.Count > 0 ? "delete policies"
                : group.Document.AttachedPolicies.Count > 0 ? "detach all policies"
                : null;
            if (left is not null)
            {
                throw IamErrors.DeleteConflictException($"Cannot delete entity, must {left} first.");
            }

            // Somebody may have joined it meanwhile: then look again.
            deleted = await _groups.DeleteAsync(group.Key, group.Version, cancellationToken);
        }

        identities.Forget();
    }

    public ValueTask<StoredPage<GroupDocument>> ListAsync(string account, int pageSize, string? pageToken, CancellationToken cancellationToken) =>
        _groups.ListAsync(Query(account, pageSize, pageToken), cancellationToken);

    private static ResourceQuery Query(string account, int pageSize, string? pageToken) => new()
    {
        Account = account,
        Region = RoleDirectory.GlobalRegion,
        Kind = Kind.Name,
        SortBy = ResourceSort.Name,
        PageSize = pageSize,
        PageToken = pageToken,
    };

    private static ServiceException NotFound(string groupName) => IamErrors.NoSuchEntityException($"The group with name {groupName} cannot be found.");

    private ResourceKey Key(string account, string groupName) => _groups.Key(account, RoleDirectory.GlobalRegion, groupName.ToLowerInvariant());
}
