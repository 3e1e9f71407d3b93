namespace Sagebrush.State.Resources;

/// <summary>A document together with the resource it was read from.</summary>
/// <remarks>The document is read when it is first asked for: lists of names and times need none of theirs.</remarks>
public sealed class Stored<TDocument>
    where TDocument : class
{
    private readonly IDocumentSerializer<TDocument>? _serializer;
    private TDocument? _document;

    internal Stored(Resource resource, TDocument document) => (Resource, _document) = (resource, document);

    internal Stored(Resource resource, IDocumentSerializer<TDocument> serializer) => (Resource, _serializer) = (resource, serializer);

    /// <summary>The resource.</summary>
    public Resource Resource { get; }

    /// <summary>The document; the same object each time.</summary>
    public TDocument Document
    {
        get
        {
            if (_document is { } document)
            {
                return document;
            }

            var read = _serializer!.Read(Resource.Body.Span);
            return Interlocked.CompareExchange(ref _document, read, null) ?? read;
        }
    }

    /// <inheritdoc cref="Resource.Key"/>
    public ResourceKey Key => Resource.Key;

    /// <inheritdoc cref="Resource.Arn"/>
    public string Arn => Resource.Arn;

    /// <inheritdoc cref="Resource.Created"/>
    public DateTimeOffset Created => Resource.Created;

    /// <inheritdoc cref="Resource.Modified"/>
    public DateTimeOffset Modified => Resource.Modified;

    /// <inheritdoc cref="Resource.Version"/>
    public long Version => Resource.Version;
}

/// <summary>One page of a list of documents.</summary>
/// <param name="Items">The documents, in the order asked for.</param>
/// <param name="NextToken">The token of the next page, or null when there are no more.</param>
public sealed record StoredPage<TDocument>(IReadOnlyList<Stored<TDocument>> Items, string? NextToken)
    where TDocument : class;
