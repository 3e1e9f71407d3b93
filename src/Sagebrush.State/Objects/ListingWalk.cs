namespace Sagebrush.State.Objects;

/// <summary>The entries of one page, and where the next page begins.</summary>
/// <param name="Scan">Rolls up keys.</param>
/// <param name="Entries">The entries.</param>
/// <param name="IsCut">Whether the key the last page ended with has more entries than fit.</param>
internal sealed record ListingWalk<T>(ListingScan Scan, List<T> Entries, bool IsCut)
{
    /// <summary>The last key or common prefix when more follow.</summary>
    /// <remarks>A page with room for nothing but the rest of its first key ends where it began.</remarks>
    public string? Next(ListObjectsQuery query) => IsCut || Scan.Next is { Length: 0 } ? query.After : Scan.Next;

    /// <summary>Whether more follow and the page ended in an entry, not in a common prefix.</summary>
    public bool EndsInEntry(ListObjectsQuery query, Func<T, string> key) =>
        Next(query) is { } next && Entries is [.., var last] && key(last) == next;
}
