namespace Sagebrush.State.Objects;

/// <summary>Which keys to list. Order is that of the keys' UTF-8 bytes.</summary>
public sealed record ListObjectsQuery
{
    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>Only keys that begin so.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Keys that share everything up to its first appearance after the prefix become one common prefix.</summary>
    public string? Delimiter { get; init; }

    /// <summary>Only keys, and common prefixes, after this one.</summary>
    public string? After { get; init; }

    /// <summary>Most keys and common prefixes together.</summary>
    public int Limit { get; init; } = 1000;
}
