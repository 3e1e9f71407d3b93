using System.Security.Cryptography;

using Sagebrush.Contracts.Iam;
using Sagebrush.Services.Documents;
using Sagebrush.Services.Iam.Users;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Iam;

/// <summary>The users of each account, and their keys in the memory of those who check signatures.</summary>
/// <remarks>Users belong to an account, not to a region. Thread safe.</remarks>
internal sealed class UserDirectory(IResourceStore store, CredentialsStore credentials, SecretSeal seal, IdentityPolicies identities, GroupDirectory groups)
{
    public static readonly ResourceKind<UserDocument> Kind = new("User", new JsonDocumentSerializer<UserDocument>(UserJson.Default.UserDocument));

    private readonly ResourceSet<UserDocument> _users = store.For(Kind);

    public static string Arn(string account, string path, string userName) => $"arn:aws:iam::{account}:user{path}{userName}";

    public static string NewId(string prefix) => prefix + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 17);

    /// <summary>Takes the keys of all users into memory; called before the first request.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await foreach (var heading in store.ScanAsync(Kind.Name, cancellationToken))
        {
            if (await _users.FindAsync(heading.Key, cancellationToken) is { } user)
            {
                foreach (var key in user.Document.AccessKeys)
                {
                    Announce(user, key);
                }
            }
        }
    }

    public ValueTask<Stored<UserDocument>?> TryAddAsync(string account, UserDocument user, IReadOnlyList<ResourceTag> tags, CancellationToken cancellationToken) =>
        _users.TryAddAsync(Key(account, user.UserName), Arn(account, user.Path, user.UserName), user, tags, cancellationToken);

    /// <summary>Finds a user by name, or null.</summary>
    public async ValueTask<Stored<UserDocument>?> FindAsync(string account, string userName, CancellationToken cancellationToken) =>
        await _users.FindAsync(Key(account, userName), cancellationToken) is { } found && found.Document.UserName == userName ? found : null;

    /// <summary>Finds a user by name.</summary>
    /// <exception cref="ServiceException"><c>NoSuchEntity</c>.</exception>
    public async ValueTask<Stored<UserDocument>> GetAsync(string account, string userName, CancellationToken cancellationToken) =>
        await FindAsync(account, userName, cancellationToken) ?? throw NotFound(userName);

    /// <summary>Changes a user; what it may do changes with this call's return.</summary>
    /// <exception cref="ServiceException"><c>NoSuchEntity</c>, or what <paramref name="change"/> throws.</exception>
    public async ValueTask<Stored<UserDocument>> UpdateAsync(
        string account, string userName, Func<UserDocument, UserDocument> change, CancellationToken cancellationToken)
    {
        var user = await GetAsync(account, userName, cancellationToken);
        var changed = await _users.UpdateAsync(user.Key, change, cancellationToken) ?? throw NotFound(userName);
        identities.Forget();
        return changed;
    }

    /// <summary>Deletes a user without keys and policies.</summary>
    /// <exception cref="ServiceException"><c>NoSuchEntity</c> or <c>DeleteConflict</c>.</exception>
    public async ValueTask DeleteAsync(string account, string userName, CancellationToken cancellationToken)
    {
        var deleted = false;
        while (!deleted)
        {
            var user = await GetAsync(account, userName, cancellationToken);
            var left = user.Document.AccessKeys.Count > 0 ? "delete access keys"
                : user.Document.Policies.Count > 0 ? "delete policies"
                : user.Document.AttachedPolicies.Count > 0 ? "detach all policies"
                : await groups.OfAsync(user, cancellationToken).AnyAsync(cancellationToken) ? "remove user from all groups"
                : null;
            if (left is not null)
            {
                throw IamErrors.DeleteConflictException($"Cannot delete entity, must {left} first.");
            }

            // Somebody may have given it a key meanwhile: then look again.
            deleted = await _users.DeleteAsync(user.Key, user.Version, cancellationToken);
        }

        identities.Forget();
    }

    public ValueTask<StoredPage<UserDocument>> ListAsync(string account, int pageSize, string? pageToken, CancellationToken cancellationToken) =>
        _users.ListAsync(
            new ResourceQuery
            {
                Account = account,
                Region = RoleDirectory.GlobalRegion,
                Kind = Kind.Name,
                SortBy = ResourceSort.Name,
                PageSize = pageSize,
                PageToken = pageToken,
            },
            cancellationToken);

    /// <summary>Gives a user a new key.</summary>
    /// <returns>The key with its secret, which is not told again.</returns>
    /// <exception cref="ServiceException"><c>NoSuchEntity</c> or <c>LimitExceeded</c>.</exception>
    public async ValueTask<Credential> AddKeyAsync(string account, string userName, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const int MaxKeys = 2;
        var (id, secret) = CredentialsStore.NewAccessKey();
        var key = new AccessKeyDocument(id, seal.Seal(id, secret), true, now);
        var user = await UpdateAsync(
            account,
            userName,
            document => document.AccessKeys.Count < MaxKeys
                ? document with { AccessKeys = [.. document.AccessKeys, key] }
                : throw IamErrors.LimitExceededException($"Cannot exceed quota for AccessKeysPerUser: {MaxKeys}"),
            cancellationToken);
        Announce(user, key);
        return new Credential(id, secret, PrincipalOf(user));
    }

    /// <summary>Switches a key on or off, or, where <paramref name="active"/> is null, removes it.</summary>
    /// <exception cref="ServiceException"><c>NoSuchEntity</c>.</exception>
    public async ValueTask SetKeyAsync(string account, string userName, string accessKeyId, bool? active, CancellationToken cancellationToken)
    {
        var user = await UpdateAsync(
            account,
            userName,
            document => document.AccessKeys.Exists(key => key.AccessKeyId == accessKeyId)
                ? document with
                {
                    AccessKeys = [.. document.AccessKeys
                        .Where(key => active is not null || key.AccessKeyId != accessKeyId)
                        .Select(key => key.AccessKeyId == accessKeyId ? key with { Active = active ?? false } : key)],
                }
                : throw IamErrors.NoSuchEntityException($"The Access Key with id {accessKeyId} cannot be found."),
            cancellationToken);
        if (user.Document.AccessKeys.Find(key => key.AccessKeyId == accessKeyId) is { Active: true } key)
        {
            Announce(user, key);
        }
        else
        {
            credentials.Withdraw(accessKeyId);
        }
    }

    /// <summary>Tells that a user's tags have changed, which policies may look at.</summary>
    public void TagsChanged() => identities.Forget();

    private static Principal PrincipalOf(Stored<UserDocument> user) => new(user.Key.Account, user.Arn, user.Document.UserId);

    private static ServiceException NotFound(string userName) => IamErrors.NoSuchEntityException($"The user with name {userName} cannot be found.");

    private ResourceKey Key(string account, string userName) => _users.Key(account, RoleDirectory.GlobalRegion, userName.ToLowerInvariant());

    private void Announce(Stored<UserDocument> user, AccessKeyDocument key)
    {
        if (key.Active)
        {
            credentials.Admit(new Credential(key.AccessKeyId, seal.Open(key.AccessKeyId, key.SealedSecret), PrincipalOf(user)));
        }
    }
}
