using System.Text.Json;

using Sagebrush.Contracts.Ecr;
using Sagebrush.State.Blobs;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr.Storage;

/// <summary>A manifest, read and checked: what it is made of.</summary>
/// <remarks>Docker's schema 2 and OCI's differ in names of media types alone. Schema 1 is not taken, as at ECR.</remarks>
internal sealed record ImageManifest
{
    /// <summary>The most bytes a manifest may have.</summary>
    public const int MaxSize = 4 * 1024 * 1024;

    private const int MaxReferences = 10_000;

    public required string MediaType { get; init; }

    /// <summary>The configuration; null for an index.</summary>
    public BlobDigest? Config { get; init; }

    public string? ArtifactType { get; init; }

    public BlobDigest? Subject { get; init; }

    /// <summary>Configuration and layers that the registry must have; layers that lie elsewhere by their nature are not among them.</summary>
    public IReadOnlyList<BlobDigest> Layers { get; init; } = [];

    /// <summary>The images of an index, with their platforms as <c>os/architecture</c>, where it says them.</summary>
    public IReadOnlyList<(BlobDigest Digest, string? Platform)> Images { get; init; } = [];

    /// <summary>The sizes of configuration and layers together, in bytes.</summary>
    public long Size { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Reads a manifest.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="mediaType">What the client calls it; null leaves it to the manifest.</param>
    /// <exception cref="ServiceException"><c>InvalidParameterException</c>; the message says what is wrong with it.</exception>
    public static ImageManifest Parse(ReadOnlyMemory<byte> content, string? mediaType)
    {
        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 32 });
            return Read(document.RootElement, mediaType);
        }
        catch (JsonException problem)
        {
            throw Invalid($"it is no JSON: {problem.Message}");
        }
        catch (InvalidOperationException)
        {
            // Thrown for texts in JSON that are none, such as half a surrogate pair.
            throw Invalid("a text or number in it has another type than it should");
        }
    }

    private static ImageManifest Read(JsonElement root, string? announced)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("schemaVersion", out var version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var schema))
        {
            throw Invalid("it has no schemaVersion");
        }

        if (schema != 2)
        {
            throw Invalid($"its schemaVersion is {schema}; only 2 is supported");
        }

        var own = Text(root, "mediaType");
        if (own is not null && announced is not null && own != announced)
        {
            throw Invalid($"it calls itself {own}, but was sent as {announced}");
        }

        var mediaType = own ?? announced ?? (root.TryGetProperty("manifests", out _) ? ManifestMediaTypes.OciIndex : ManifestMediaTypes.OciManifest);
        if (!ManifestMediaTypes.IsKnown(mediaType))
        {
            throw Invalid($"the media type {mediaType} is not supported");
        }

        return ManifestMediaTypes.IsIndex(mediaType) ? ReadIndex(root, mediaType) : ReadImage(root, mediaType);
    }

    private static ImageManifest ReadImage(JsonElement root, string mediaType)
    {
        var config = Descriptor.Read(root.TryGetProperty("config", out var element) ? element : throw Invalid("it has no config"), "config");
        var layers = List(root, "layers").Select((layer, i) => Descriptor.Read(layer, $"layers[{i}]")).ToList();
        return new ImageManifest
        {
            MediaType = mediaType,
            Config = config.Digest,
            ArtifactType = Text(root, "artifactType") ?? config.MediaType,
            Subject = SubjectOf(root),
            Layers = [.. layers.Where(layer => !layer.IsElsewhere).Prepend(config).Select(descriptor => descriptor.Digest).Distinct()],
            Size = config.Size + layers.Sum(layer => layer.Size),
            Annotations = AnnotationsOf(root),
        };
    }

    private static ImageManifest ReadIndex(JsonElement root, string mediaType) => new()
    {
        MediaType = mediaType,
        ArtifactType = Text(root, "artifactType"),
        Subject = SubjectOf(root),
        Images = [.. List(root, "manifests").Select((image, i) => (Descriptor.Read(image, $"manifests[{i}]").Digest, Platform(image)))],
        Annotations = AnnotationsOf(root),
    };

    private static string? Platform(JsonElement image) =>
        image.TryGetProperty("platform", out var platform) && platform.ValueKind == JsonValueKind.Object
            ? $"{Text(platform, "os")}/{Text(platform, "architecture")}"
            : null;

    private static BlobDigest? SubjectOf(JsonElement root) =>
        root.TryGetProperty("subject", out var subject) && subject.ValueKind != JsonValueKind.Null ? Descriptor.Read(subject, "subject").Digest : null;

    private static Dictionary<string, string>? AnnotationsOf(JsonElement root) =>
        root.TryGetProperty("annotations", out var annotations) && annotations.ValueKind == JsonValueKind.Object
            ? annotations.EnumerateObject().DistinctBy(one => one.Name).ToDictionary(one => one.Name, one => one.Value.GetString() ?? "", StringComparer.Ordinal)
            : null;

    private static JsonElement.ArrayEnumerator List(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array)
        {
            throw Invalid($"it has no list of {name}");
        }

        return list.GetArrayLength() <= MaxReferences ? list.EnumerateArray() : throw Invalid($"it has more than {MaxReferences} {name}");
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value.ValueKind == JsonValueKind.String ? value.GetString() is { Length: > 0 } text ? text : null : throw Invalid($"{name} is no text")
            : null;

    private static ServiceException Invalid(string why) => EcrErrors.InvalidParameterException($"Invalid parameter at 'imageManifest': {why}");

    private readonly record struct Descriptor(string? MediaType, BlobDigest Digest, long Size, bool IsElsewhere)
    {
        public static Descriptor Read(JsonElement element, string where)
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                throw Invalid($"{where} is no descriptor");
            }

            if (!BlobDigest.TryParse(Text(element, "digest"), out var digest))
            {
                throw Invalid($"{where} has no sha256 digest");
            }

            if (!element.TryGetProperty("size", out var size) || size.ValueKind != JsonValueKind.Number || !size.TryGetInt64(out var bytes) || bytes is < 0 or > LayerStore.MaxSize)
            {
                throw Invalid($"{where} has no size");
            }

            var mediaType = Text(element, "mediaType");
            var isElsewhere = mediaType is not null && element.TryGetProperty("urls", out var urls) && urls.ValueKind == JsonValueKind.Array && urls.GetArrayLength() > 0
                && (mediaType.Contains(".foreign.", StringComparison.Ordinal) || mediaType.Contains(".nondistributable.", StringComparison.Ordinal));
            return new Descriptor(mediaType, digest, bytes, isElsewhere);
        }
    }
}
