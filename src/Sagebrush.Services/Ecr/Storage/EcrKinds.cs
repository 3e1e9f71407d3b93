using System.Text.Json.Serialization;

using Sagebrush.Services.Documents;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Ecr.Storage;

/// <summary>What the registry stores. Everything within a repository has the repository's id as its parent.</summary>
internal static class EcrKinds
{
    /// <summary>The attribute that tags are found by the image they are on.</summary>
    public const string DigestAttribute = "digest";

    /// <summary>The attribute that artifacts are found by the image they are about.</summary>
    public const string SubjectAttribute = "subject";

    public static readonly ResourceKind<RepositoryDocument> Repository =
        new("EcrRepository", new JsonDocumentSerializer<RepositoryDocument>(EcrJson.Default.RepositoryDocument));

    public static readonly ResourceKind<ImageDocument> Image =
        new("EcrImage", new JsonDocumentSerializer<ImageDocument>(EcrJson.Default.ImageDocument))
        {
            Parent = static image => image.Repository,
            Attributes = static image => image.Subject is { } subject ? [ResourceAttribute.Of(SubjectAttribute, subject)] : [],
        };

    public static readonly ResourceKind<ImageTagDocument> Tag =
        new("EcrImageTag", new JsonDocumentSerializer<ImageTagDocument>(EcrJson.Default.ImageTagDocument))
        {
            Parent = static tag => tag.Repository,
            Attributes = static tag => [ResourceAttribute.Of(DigestAttribute, tag.Digest)],
        };

    public static readonly ResourceKind<LayerDocument> Layer =
        new("EcrLayer", new JsonDocumentSerializer<LayerDocument>(EcrJson.Default.LayerDocument)) { Parent = static layer => layer.Repository };

    public static readonly ResourceKind<LayerUploadDocument> Upload =
        new("EcrLayerUpload", new JsonDocumentSerializer<LayerUploadDocument>(EcrJson.Default.LayerUploadDocument)) { Parent = static upload => upload.Repository };

    public static readonly ResourceKind<RegistryDocument> Registry =
        new("EcrRegistry", new JsonDocumentSerializer<RegistryDocument>(EcrJson.Default.RegistryDocument));
}

[JsonSerializable(typeof(RepositoryDocument))]
[JsonSerializable(typeof(ImageDocument))]
[JsonSerializable(typeof(ImageTagDocument))]
[JsonSerializable(typeof(LayerDocument))]
[JsonSerializable(typeof(LayerUploadDocument))]
[JsonSerializable(typeof(RegistryDocument))]
internal sealed partial class EcrJson : JsonSerializerContext;
