namespace Sagebrush.State.Objects;

/// <summary>One page of the uploads in progress.</summary>
/// <param name="Uploads">Uploads by key, then by the time they began.</param>
/// <param name="CommonPrefixes">Common prefixes in order.</param>
/// <param name="NextKey">The last key or common prefix when more follow.</param>
/// <param name="NextUploadId">The last upload when more follow and the page ended in an upload.</param>
public sealed record UploadPage(
    IReadOnlyList<UploadInfo> Uploads, IReadOnlyList<string> CommonPrefixes, string? NextKey, string? NextUploadId);
