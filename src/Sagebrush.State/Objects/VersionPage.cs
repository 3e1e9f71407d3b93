namespace Sagebrush.State.Objects;

/// <summary>One page of versions.</summary>
/// <param name="Versions">Versions by key, the newest of each key first.</param>
/// <param name="CommonPrefixes">Common prefixes in order.</param>
/// <param name="NextKey">The last key or common prefix when more follow.</param>
/// <param name="NextVersionId">The last version when more follow and the page ended in a version.</param>
public sealed record VersionPage(
    IReadOnlyList<ListedVersion> Versions, IReadOnlyList<string> CommonPrefixes, string? NextKey, string? NextVersionId);
