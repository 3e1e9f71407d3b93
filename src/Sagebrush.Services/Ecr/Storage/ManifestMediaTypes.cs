namespace Sagebrush.Services.Ecr.Storage;

/// <summary>The kinds of manifests the registry takes.</summary>
internal static class ManifestMediaTypes
{
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    public const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";

    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";

    public const string OciIndex = "application/vnd.oci.image.index.v1+json";

    public static bool IsIndex(string mediaType) => mediaType is DockerList or OciIndex;

    public static bool IsKnown(string mediaType) => IsIndex(mediaType) || mediaType is DockerManifest or OciManifest;
}
