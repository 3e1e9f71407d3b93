using Sagebrush.State.Resources;

namespace Sagebrush.Services.Ecr.Storage;

/// <summary>Things of one kind within repositories, by names that are theirs alone within the repository.</summary>
internal sealed class RepositoryContents<TDocument>(IResourceStore store, ResourceKind<TDocument> kind)
    where TDocument : class
{
    private const int BatchSize = 1000;

    private readonly ResourceSet<TDocument> _set = store.For(kind);

    public ResourceKey Key(Stored<RepositoryDocument> repository, string name) =>
        _set.Key(repository.Key.Account, repository.Key.Region, $"{repository.Document.Id}/{name}");

    public ValueTask<Stored<TDocument>?> FindAsync(Stored<RepositoryDocument> repository, string name, CancellationToken cancellationToken) =>
        _set.FindAsync(Key(repository, name), cancellationToken);

    public ValueTask<Stored<TDocument>?> TryAddAsync(Stored<RepositoryDocument> repository, string name, TDocument document, CancellationToken cancellationToken)
    {
        // These ARNs are shown to nobody; the store wants one for everything.
        var key = Key(repository, name);
        return _set.TryAddAsync(key, $"arn:aws:ecr:{key.Region}:{key.Account}:{key.Kind}/{key.Name}", document, null, cancellationToken);
    }

    public ValueTask<Stored<TDocument>?> UpdateAsync(
        Stored<RepositoryDocument> repository, string name, Func<TDocument, TDocument?> change, CancellationToken cancellationToken) =>
        _set.UpdateAsync(Key(repository, name), change, cancellationToken);

    public ValueTask<bool> DeleteAsync(Stored<RepositoryDocument> repository, string name, CancellationToken cancellationToken) =>
        _set.DeleteAsync(Key(repository, name), null, cancellationToken);

    public ValueTask<bool> DeleteAsync(ResourceKey key, CancellationToken cancellationToken) => _set.DeleteAsync(key, null, cancellationToken);

    /// <summary>Everything in a repository, or what has an attribute.</summary>
    public async ValueTask<List<Stored<TDocument>>> ListAsync(
        Stored<RepositoryDocument> repository, CancellationToken cancellationToken, params IReadOnlyList<AttributeFilter> attributes)
    {
        var all = new List<Stored<TDocument>>();
        string? token = null;
        do
        {
            var page = await _set.ListAsync(Query(repository) with { Attributes = attributes, PageSize = BatchSize, PageToken = token }, cancellationToken);
            all.AddRange(page.Items);
            token = page.NextToken;
        }
        while (token is not null);
        return all;
    }

    /// <summary>Whether there is anything in a repository.</summary>
    public async ValueTask<bool> AnyAsync(Stored<RepositoryDocument> repository, CancellationToken cancellationToken) =>
        (await _set.ListAsync(Query(repository) with { PageSize = 1 }, cancellationToken)).Items.Count > 0;

    /// <summary>The keys of everything of the kind, in whichever repository.</summary>
    public IAsyncEnumerable<ResourceHeading> ScanAsync(CancellationToken cancellationToken) => store.ScanAsync(kind.Name, cancellationToken);

    private ResourceQuery Query(Stored<RepositoryDocument> repository) => new()
    {
        Account = repository.Key.Account,
        Region = repository.Key.Region,
        Kind = kind.Name,
        Parent = repository.Document.Id,
    };
}
