using System.Buffers;
using Sagebrush.State.Paging;

namespace Sagebrush.State.Resources;

/// <summary>The resources of one kind, as documents. Get one with <see cref="ResourceStoreExtensions.For"/>.</summary>
/// <remarks>Thread-safe and cheap to make.</remarks>
public sealed class ResourceSet<TDocument>
    where TDocument : class
{
    private readonly IResourceStore _store;
    private readonly ResourceKind<TDocument> _kind;

    internal ResourceSet(IResourceStore store, ResourceKind<TDocument> kind)
    {
        _store = store;
        _kind = kind;
    }

    /// <summary>The key of a resource of this kind.</summary>
    public ResourceKey Key(string account, string region, string name) => new(account, region, _kind.Name, name);

    /// <summary>Adds a resource.</summary>
    /// <returns>The document as stored, or null when the name or the ARN is taken.</returns>
    public async ValueTask<Stored<TDocument>?> TryAddAsync(
        ResourceKey key,
        string arn,
        TDocument document,
        IReadOnlyList<ResourceTag>? tags = null,
        CancellationToken cancellationToken = default)
    {
        Check(key);
        var added = await _store.TryAddAsync(
            new ResourceDraft
            {
                Key = key,
                Arn = arn,
                Status = _kind.Status(document),
                Parent = _kind.Parent(document),
                Attributes = _kind.Attributes(document),
                Tags = tags ?? [],
                Body = Write(document),
            },
            cancellationToken);
        return added is null ? null : new Stored<TDocument>(added, document);
    }

    /// <summary>Finds a document by name.</summary>
    public ValueTask<Stored<TDocument>?> FindAsync(
        string account, string region, string name, CancellationToken cancellationToken = default) =>
        FindAsync(Key(account, region, name), cancellationToken);

    /// <summary>Finds a document by key.</summary>
    public async ValueTask<Stored<TDocument>?> FindAsync(
        ResourceKey key, CancellationToken cancellationToken = default)
    {
        Check(key);
        return Read(await _store.FindAsync(key, cancellationToken));
    }

    /// <summary>Finds a document by ARN; a resource of another kind is not found.</summary>
    public async ValueTask<Stored<TDocument>?> FindByArnAsync(
        string arn, CancellationToken cancellationToken = default) =>
        await _store.FindByArnAsync(arn, cancellationToken) is { } found && found.Key.Kind == _kind.Name
            ? Read(found)
            : null;

    /// <inheritdoc cref="UpdateAsync(ResourceKey, Func{TDocument, TDocument}, CancellationToken)"/>
    public ValueTask<Stored<TDocument>?> UpdateAsync(
        string account,
        string region,
        string name,
        Func<TDocument, TDocument?> change,
        CancellationToken cancellationToken = default) =>
        UpdateAsync(Key(account, region, name), change, cancellationToken);

    /// <summary>
    /// Changes a document. When somebody else changed it meanwhile, <paramref name="change"/> is called again with the
    /// document as it is now, until it gets through: it must have no effect but its result.
    /// </summary>
    /// <param name="key">Which resource.</param>
    /// <param name="change">
    /// Makes the new document. It may alter the one it is given; null means there is nothing to change.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The document as it now is, or null when there is no such resource.</returns>
    public async ValueTask<Stored<TDocument>?> UpdateAsync(
        ResourceKey key, Func<TDocument, TDocument?> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        Check(key);
        while (await _store.FindAsync(key, cancellationToken) is { } current)
        {
            if (change(_kind.Serializer.Read(current.Body.Span)) is not { } changed)
            {
                // Read again, for the change may have altered its argument before it decided otherwise.
                return Read(current);
            }

            var updated = await _store.TryUpdateAsync(
                new ResourceUpdate
                {
                    Key = key,
                    ExpectedVersion = current.Version,
                    Status = _kind.Status(changed),
                    Parent = _kind.Parent(changed),
                    Attributes = _kind.Attributes(changed),
                    Body = Write(changed),
                },
                cancellationToken);
            if (updated is not null)
            {
                return new Stored<TDocument>(updated, changed);
            }
        }

        return null;
    }

    /// <inheritdoc cref="IResourceStore.DeleteAsync"/>
    public ValueTask<bool> DeleteAsync(
        ResourceKey key, long? expectedVersion = null, CancellationToken cancellationToken = default)
    {
        Check(key);
        return _store.DeleteAsync(key, expectedVersion, cancellationToken);
    }

    /// <summary>Lists a page. The query's kind must be this one.</summary>
    /// <exception cref="InvalidPageTokenException">The token is not one of this query's.</exception>
    public async ValueTask<StoredPage<TDocument>> ListAsync(
        ResourceQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        Check(new ResourceKey("", "", query.Kind, ""));
        var page = await _store.ListAsync(query, cancellationToken);
        return new StoredPage<TDocument>([.. page.Items.Select(item => Read(item)!)], page.NextToken);
    }

    private ReadOnlyMemory<byte> Write(TDocument document)
    {
        var buffer = new ArrayBufferWriter<byte>();
        _kind.Serializer.Write(document, buffer);
        return buffer.WrittenMemory;
    }

    private Stored<TDocument>? Read(Resource? resource) =>
        resource is null ? null : new Stored<TDocument>(resource, _kind.Serializer);

    private void Check(ResourceKey key)
    {
        if (key.Kind != _kind.Name)
        {
            throw new ArgumentException($"A key of kind {key.Kind} was used with the resources of kind {_kind.Name}.");
        }
    }
}
