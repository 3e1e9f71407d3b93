namespace Sagebrush.Services.Ecr.Storage;

/// <summary>An image, an index of images or another artifact as it is stored; its manifest is a blob.</summary>
internal sealed record ImageDocument
{
    /// <summary>The id of its repository.</summary>
    public required string Repository { get; init; }

    /// <summary>The digest of the manifest.</summary>
    public required string Digest { get; init; }

    public required string MediaType { get; init; }

    /// <summary>The size of the manifest in bytes.</summary>
    public required long ManifestSize { get; init; }

    /// <summary>The sizes of configuration and layers together, in bytes; of an index, zero.</summary>
    public required long Size { get; init; }

    /// <summary>The media type of the configuration, or what the manifest itself calls its kind.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>The digest of the image that this one says something about: a signature, a bill of materials.</summary>
    public string? Subject { get; init; }

    /// <summary>The digests of configuration and layers, which belong to this registry.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>The digests of an index's images.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    public DateTimeOffset? LastPull { get; init; }

    /// <summary>When somebody asked for a scan, if anybody did.</summary>
    public DateTimeOffset? ScanAsked { get; init; }
}
