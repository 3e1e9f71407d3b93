namespace Sagebrush.State.Objects;

/// <summary>What a new bucket has from the beginning.</summary>
public sealed record BucketSetup
{
    /// <summary>Nothing beyond its name.</summary>
    public static BucketSetup None { get; } = new();

    /// <summary>Whether it keeps versions.</summary>
    public BucketVersioning Versioning { get; init; }

    /// <summary>Its settings by name, as <see cref="BucketInfo.Documents"/> gives them back.</summary>
    public IReadOnlyDictionary<string, string> Documents { get; init; } = new Dictionary<string, string>();

    /// <summary>Its tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}
