namespace Sagebrush.State.Resources;

/// <summary>What happened to a resource.</summary>
public enum ResourceChangeType
{
    /// <summary>It was added.</summary>
    Added,

    /// <summary>It was changed.</summary>
    Updated,

    /// <summary>It was deleted.</summary>
    Deleted,

    /// <summary>
    /// The subscriber was too slow and missed changes: what it knows may be stale, and it must look at everything
    /// again. The change names no resource.
    /// </summary>
    Resync,
}

/// <summary>One entry of the change feed.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Key">To which resource.</param>
/// <param name="Version">The version the resource got; for a deleted one, the version of the deletion.</param>
public readonly record struct ResourceChange(ResourceChangeType Type, ResourceKey Key, long Version);
