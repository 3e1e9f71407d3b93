namespace Sagebrush.Services.Iam;

/// <summary>A page of names: the marker of the next one is the last name of this one.</summary>
internal sealed record MarkerPage(List<string> Items, bool IsTruncated, string? Marker)
{
    /// <summary>IAM's page size when a caller names none.</summary>
    public const int DefaultSize = 100;

    /// <param name="names">All names, in ordinal order.</param>
    /// <param name="marker">The name to begin after.</param>
    /// <param name="maxItems">The size of the page.</param>
    public static MarkerPage Of(IEnumerable<string> names, string? marker, int? maxItems)
    {
        var size = maxItems ?? DefaultSize;
        var items = names.Where(name => marker is null || string.CompareOrdinal(name, marker) > 0).Take(size + 1).ToList();
        var more = items.Count > size;
        if (more)
        {
            items.RemoveAt(size);
        }

        return new MarkerPage(items, more, more ? items[^1] : null);
    }
}
