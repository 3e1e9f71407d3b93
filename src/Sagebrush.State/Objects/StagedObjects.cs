namespace Sagebrush.State.Objects;

/// <summary>What staging brought.</summary>
/// <param name="Files">The files' paths below the folder, with <c>/</c>, in key order.</param>
/// <param name="Bytes">Their bytes together.</param>
public sealed record StagedObjects(IReadOnlyList<string> Files, long Bytes);
