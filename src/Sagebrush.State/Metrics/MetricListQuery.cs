namespace Sagebrush.State.Metrics;

/// <summary>Which metrics to list. All conditions must hold.</summary>
public sealed record MetricListQuery
{
    /// <summary>The account.</summary>
    public required string Account { get; init; }

    /// <summary>The region.</summary>
    public required string Region { get; init; }

    /// <summary>The namespace; null for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>The name; null for all.</summary>
    public string? Name { get; init; }

    /// <summary>Dimensions the metric has, with the value, or with any where it is null.</summary>
    public IReadOnlyList<(string Name, string? Value)> Dimensions { get; init; } = [];

    /// <summary>With values not older than this, in Unix seconds.</summary>
    public long ActiveSince { get; init; }

    /// <summary>Most metrics to return.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>The token of the page before; null for the first page.</summary>
    public string? PageToken { get; init; }

    // The moment is left out: it moves on while somebody pages.
    internal string Fingerprint() =>
        $"metrics|{Account}|{Region}|{Part(Namespace)}|{Part(Name)}|"
        + string.Concat(Dimensions.Select(one => $"{Part(one.Name)}={Part(one.Value)};"));

    private static string Part(string? text) => text is null ? "-" : $"{text.Length}:{text}";
}
