namespace Sagebrush.State.Objects;

/// <summary>Where an object goes and what goes with it.</summary>
public sealed record ObjectTarget
{
    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>Headers and user metadata.</summary>
    public ObjectAttributes Attributes { get; init; } = ObjectAttributes.None;

    /// <summary>Tags.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>S3's storage class; kept and given back, nothing more.</summary>
    public string StorageClass { get; init; } = "STANDARD";

    /// <summary>What must hold of the object there is.</summary>
    public WriteCondition Condition { get; init; }

    /// <summary>What is to be told of the object once it is there, for <see cref="IObjectStore.ReadOutbox"/>; runs in the transaction.</summary>
    public Func<ObjectInfo, IReadOnlyList<string>>? Announce { get; init; }
}
