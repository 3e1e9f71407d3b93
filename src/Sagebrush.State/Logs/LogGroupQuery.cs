namespace Sagebrush.State.Logs;

/// <summary>Which groups to list, by name.</summary>
public sealed record LogGroupQuery
{
    /// <summary>The account.</summary>
    public required string Account { get; init; }

    /// <summary>The region.</summary>
    public required string Region { get; init; }

    /// <summary>How the name begins.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>A part of the name, in the same letter case.</summary>
    public string? Contains { get; init; }

    /// <summary>Most groups of one page.</summary>
    public int PageSize { get; init; } = 50;

    /// <summary>The token of the page before; null for the first page.</summary>
    public string? PageToken { get; init; }

    internal string Fingerprint() =>
        $"groups|{Account}|{Region}|{Prefix.Length}:{Prefix}|{(Contains is null ? "" : "c" + Contains)}";
}
