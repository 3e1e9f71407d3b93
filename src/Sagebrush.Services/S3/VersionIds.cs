using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Version ids in buckets without versioning, where there is one: <c>null</c>.</summary>
internal static class VersionIds
{
    /// <exception cref="ServiceException">Another version is meant.</exception>
    public static void Require(string? versionId)
    {
        if (versionId is not (null or "" or "null"))
        {
            throw new ServiceException(
                S3Codes.InvalidArgument,
                "Invalid version id specified",
                400,
                new Dictionary<string, string> { ["ArgumentName"] = "versionId", ["ArgumentValue"] = versionId });
        }
    }
}
