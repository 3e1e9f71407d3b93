using Microsoft.AspNetCore.Http;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Version ids between requests, the store and answers.</summary>
internal static class VersionIds
{
    private const string Header = "x-amz-version-id";

    /// <summary>The version a request names; null when it names none.</summary>
    /// <exception cref="ServiceException">No version could have that id.</exception>
    public static string? Read(string? versionId) => versionId switch
    {
        null => null,
        _ when ObjectVersionId.IsValid(versionId) => versionId,
        _ => throw new ServiceException(
            S3Codes.InvalidArgument,
            "Invalid version id specified",
            400,
            new Dictionary<string, string> { ["ArgumentName"] = "versionId", ["ArgumentValue"] = versionId }),
    };

    /// <summary>The version as an answer names it: not at all in a bucket that never kept versions.</summary>
    public static string? Of(BucketInfo bucket, ObjectInfo info) => bucket.Versioning == BucketVersioning.None ? null : info.VersionId;

    /// <summary>The version a write made: only where versions are kept.</summary>
    public static string? OfNew(BucketInfo bucket, ObjectInfo info) => bucket.Versioning == BucketVersioning.Enabled ? info.VersionId : null;

    /// <summary>Names the version a write made in the head of its answer.</summary>
    public static void WriteNew(HttpResponse response, BucketInfo bucket, ObjectInfo info)
    {
        if (OfNew(bucket, info) is { } version)
        {
            response.Headers[Header] = version;
        }
    }

    /// <summary>Names the version in the head of an answer.</summary>
    public static void Write(HttpResponse response, BucketInfo bucket, ObjectInfo info)
    {
        if (Of(bucket, info) is { } version)
        {
            response.Headers[Header] = version;
        }
    }

    /// <summary>Says in the head of an error that a delete marker was found.</summary>
    public static Dictionary<string, string>? HeadersOf(ObjectInfo? marker) => marker is null ? null : new()
    {
        ["x-amz-delete-marker"] = "true",
        [Header] = marker.VersionId,
        ["Last-Modified"] = ResponseHeaders.HttpDate(marker.LastModified),
    };
}
