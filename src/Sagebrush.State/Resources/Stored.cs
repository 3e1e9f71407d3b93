namespace Sagebrush.State.Resources;

/// <summary>A document together with the resource it was read from.</summary>
public sealed record Stored<TDocument>(Resource Resource, TDocument Document)
    where TDocument : class
{
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
