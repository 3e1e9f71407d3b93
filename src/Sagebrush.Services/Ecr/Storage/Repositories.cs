using System.Globalization;

using Sagebrush.Contracts.Ecr;
using Sagebrush.State.Blobs;
using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr.Storage;

/// <summary>The repositories of every account and region. Thread safe.</summary>
internal sealed class Repositories(IResourceStore store)
{
    private readonly ResourceSet<RepositoryDocument> _repositories = store.For(EcrKinds.Repository);
    private readonly KeyedGate<string> _turns = new();

    public static string Arn(string account, string region, string name) => $"arn:aws:ecr:{region}:{account}:repository/{name}";

    /// <summary>Waits until nobody else changes the repository's images; others wait until the result is disposed.</summary>
    public ValueTask<IDisposable> EnterAsync(Stored<RepositoryDocument> repository, CancellationToken cancellationToken) =>
        _turns.EnterAsync(repository.Document.Id, cancellationToken);

    /// <summary>A new identity for a repository's document.</summary>
    public static string NewId() => Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);

    public async ValueTask<Stored<RepositoryDocument>> CreateAsync(
        string account, string region, string name, RepositoryDocument document, IReadOnlyList<ResourceTag> tags, CancellationToken cancellationToken) =>
        await _repositories.TryAddAsync(_repositories.Key(account, region, name), Arn(account, region, name), document, tags, cancellationToken)
            ?? throw EcrErrors.RepositoryAlreadyExistsException($"The repository with name '{name}' already exists in the registry with id '{account}'");

    public ValueTask<Stored<RepositoryDocument>?> FindAsync(string account, string region, string name, CancellationToken cancellationToken) =>
        _repositories.FindAsync(_repositories.Key(account, region, name), cancellationToken);

    public ValueTask<Stored<RepositoryDocument>?> FindAsync(ResourceKey key, CancellationToken cancellationToken) => _repositories.FindAsync(key, cancellationToken);

    /// <exception cref="ServiceException"><c>RepositoryNotFoundException</c>.</exception>
    public async ValueTask<Stored<RepositoryDocument>> GetAsync(string account, string region, string name, CancellationToken cancellationToken) =>
        await FindAsync(account, region, name, cancellationToken) ?? throw NotFound(account, name);

    /// <summary>The repository that a request names, of the caller's account unless the request says otherwise.</summary>
    /// <exception cref="ServiceException"><c>RepositoryNotFoundException</c>.</exception>
    public ValueTask<Stored<RepositoryDocument>> GetAsync(CallContext context, string? registryId, string name, CancellationToken cancellationToken) =>
        GetAsync(registryId ?? context.AccountId, context.Region, name, cancellationToken);

    /// <summary>The repository as it is by now.</summary>
    /// <exception cref="ServiceException"><c>RepositoryNotFoundException</c>: it is gone, even if another one has its name.</exception>
    public async ValueTask<Stored<RepositoryDocument>> GetAgainAsync(Stored<RepositoryDocument> repository, CancellationToken cancellationToken) =>
        await FindAsync(repository.Key, cancellationToken) is { } found && found.Document.Id == repository.Document.Id ? found : throw NotFound(repository.Key.Account, repository.Key.Name);

    /// <summary>Changes a repository.</summary>
    /// <exception cref="ServiceException"><c>RepositoryNotFoundException</c>, or what <paramref name="change"/> throws.</exception>
    public async ValueTask<Stored<RepositoryDocument>> UpdateAsync(
        ResourceKey key, Func<RepositoryDocument, RepositoryDocument> change, CancellationToken cancellationToken) =>
        await TryUpdateAsync(key, change, cancellationToken) ?? throw NotFound(key.Account, key.Name);

    /// <summary>Changes a repository; null when it is gone.</summary>
    public ValueTask<Stored<RepositoryDocument>?> TryUpdateAsync(
        ResourceKey key, Func<RepositoryDocument, RepositoryDocument> change, CancellationToken cancellationToken) =>
        _repositories.UpdateAsync(key, change, cancellationToken);

    /// <summary>Deletes a repository; what was in it can no longer be found, and a sweep removes it.</summary>
    public ValueTask<bool> DeleteAsync(Stored<RepositoryDocument> repository, CancellationToken cancellationToken) =>
        _repositories.DeleteAsync(repository.Key, null, cancellationToken);

    /// <summary>A page of repositories by name.</summary>
    /// <exception cref="ServiceException"><c>InvalidParameterException</c>: the token is none of this list's.</exception>
    public async ValueTask<StoredPage<RepositoryDocument>> ListAsync(
        string account, string region, int pageSize, string? pageToken, CancellationToken cancellationToken)
    {
        try
        {
            return await _repositories.ListAsync(
                new ResourceQuery { Account = account, Region = region, Kind = EcrKinds.Repository.Name, SortBy = ResourceSort.Name, PageSize = pageSize, PageToken = pageToken },
                cancellationToken);
        }
        catch (InvalidPageTokenException)
        {
            throw EcrErrors.InvalidParameterException("Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid token'");
        }
    }

    /// <summary>Goes through all repositories of all accounts and regions.</summary>
    public async IAsyncEnumerable<Stored<RepositoryDocument>> ScanAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var heading in store.ScanAsync(EcrKinds.Repository.Name, cancellationToken))
        {
            if (await _repositories.FindAsync(heading.Key, cancellationToken) is { } repository)
            {
                yield return repository;
            }
        }
    }

    private static ServiceException NotFound(string account, string name) =>
        EcrErrors.RepositoryNotFoundException($"The repository with name '{name}' does not exist in the registry with id '{account}'");
}
