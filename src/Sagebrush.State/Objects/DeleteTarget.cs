namespace Sagebrush.State.Objects;

/// <summary>What to delete.</summary>
/// <param name="Key">The key.</param>
/// <param name="VersionId">The version to remove for good; null deletes as the bucket's versioning has it.</param>
public readonly record struct DeleteTarget(string Key, string? VersionId = null)
{
    /// <summary>What must hold of the object, or of the version named.</summary>
    public WriteCondition Condition { get; init; }

    /// <summary>A key, deleted as the bucket's versioning has it.</summary>
    public static implicit operator DeleteTarget(string key) => new(key);
}
