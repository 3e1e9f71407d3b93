namespace Sagebrush.State.Objects;

/// <summary>A bucket.</summary>
/// <param name="Name">The name, unique over all accounts and regions.</param>
/// <param name="Account">The account that owns it.</param>
/// <param name="Region">The region it was made in.</param>
/// <param name="Created">When it was made.</param>
public sealed record BucketInfo(string Name, string Account, string Region, DateTimeOffset Created)
{
    private IReadOnlyDictionary<string, string>? _documents;

    /// <summary>Whether it keeps versions.</summary>
    public BucketVersioning Versioning { get; init; }

    /// <summary>Its settings by name, each a text that means nothing to the store.</summary>
    public IReadOnlyDictionary<string, string> Documents
    {
        get => _documents ??= ObjectJson.ReadTags(DocumentsJson);
        init => _documents = value;
    }

    internal long Id { get; init; }

    internal string? DocumentsJson { get; init; }
}
