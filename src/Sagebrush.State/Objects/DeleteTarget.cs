namespace Sagebrush.State.Objects;

/// <summary>What to delete.</summary>
/// <param name="Key">The key.</param>
/// <param name="VersionId">The version to remove for good; null deletes as the bucket's versioning has it.</param>
public readonly record struct DeleteTarget(string Key, string? VersionId = null)
{
    /// <summary>What must hold of the object, or of the version named.</summary>
    public WriteCondition Condition { get; init; }

    /// <summary>Whether a retention that may be lifted does not count.</summary>
    public bool BypassesGovernance { get; init; }

    /// <summary>What is to be told of the deletion, for <see cref="IObjectStore.ReadOutbox"/>; runs in the transaction.</summary>
    public Func<DeleteOutcome, IReadOnlyList<string>>? Announce { get; init; }

    /// <summary>A key, deleted as the bucket's versioning has it.</summary>
    public static implicit operator DeleteTarget(string key) => new(key);
}
