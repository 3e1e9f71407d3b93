namespace Sagebrush.State.Logs;

/// <summary>Which streams of a group to list.</summary>
public sealed record LogStreamQuery
{
    /// <summary>The group.</summary>
    public required LogGroupKey Group { get; init; }

    /// <summary>How the name begins.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Ordered by the time of the latest event, then by name, instead of by name. Streams without events come first.</summary>
    public bool OrderByLastEvent { get; init; }

    /// <summary>Whether the order is reversed.</summary>
    public bool Descending { get; init; }

    /// <summary>Most streams of one page.</summary>
    public int PageSize { get; init; } = 50;

    /// <summary>The token of the page before; null for the first page.</summary>
    public string? PageToken { get; init; }

    internal string Fingerprint() =>
        $"streams|{Group.Account}|{Group.Region}|{Group.Name.Length}:{Group.Name}|{Prefix}|{OrderByLastEvent}|{Descending}";
}
