using Sagebrush.Contracts.Ecr;
using Sagebrush.Services.Ecr.Access;
using Sagebrush.State.Blobs;

namespace Sagebrush.Services.Ecr;

/// <summary>What may be wrong with the digests and tags that requests name images by.</summary>
internal static class ImageIdentifiers
{
    /// <summary>What is wrong with an identifier by itself, or null.</summary>
    public static ImageFailure? Problem(ImageIdentifier id) =>
        id.ImageDigest is null && id.ImageTag is null ? Failure(id, ImageFailureCode.MissingDigestAndTag, "Invalid request parameters: both tag and digest cannot be null")
        : id.ImageDigest is { } digest && !BlobDigest.TryParse(digest, out _) ? Failure(id, ImageFailureCode.InvalidImageDigest, "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'")
        : id.ImageTag is { } tag && !ImageName.IsTag(tag) ? Failure(id, ImageFailureCode.InvalidImageTag, "Invalid request parameters: invalid image tag")
        : null;

    public static ImageFailure NotFound(ImageIdentifier id) => Failure(id, ImageFailureCode.ImageNotFound, "Requested image not found");

    public static ImageFailure Failure(ImageIdentifier id, string code, string reason) => new() { ImageId = id, FailureCode = code, FailureReason = reason };

    /// <summary>The identifier for messages.</summary>
    public static string Show(ImageIdentifier id) => $"{{imageDigest:'{id.ImageDigest ?? "null"}', imageTag:'{id.ImageTag ?? "null"}'}}";
}
