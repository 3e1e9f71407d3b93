using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Http;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.S3;

/// <summary>The object an <c>x-amz-copy-source</c> header names.</summary>
/// <param name="Bucket">Its bucket.</param>
/// <param name="Key">Its key.</param>
/// <param name="VersionId">The version meant; null for the present one.</param>
internal readonly record struct CopySource(string Bucket, string Key, string? VersionId)
{
    private const string VersionParameter = "?versionId=";

    /// <exception cref="ServiceException">It names none.</exception>
    public static CopySource Parse(string header)
    {
        var version = header.IndexOf(VersionParameter, StringComparison.Ordinal);
        var encoded = version < 0 ? header : header[..version];
        var versionId = VersionIds.Read(version < 0 ? null : header[(version + VersionParameter.Length)..]);

        string path;
        try
        {
            path = PercentEncoding.Decode(encoded);
        }
        catch (SerializationException)
        {
            throw Invalid("Copy Source must be URL-encoded UTF-8");
        }

        if (path.StartsWith("arn:", StringComparison.Ordinal))
        {
            throw new ServiceException(S3Codes.NotImplemented, "Access points are not implemented yet.", 501);
        }

        path = path.StartsWith('/') ? path[1..] : path;
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < path.Length - 1
            ? new(path[..slash], path[(slash + 1)..], versionId)
            : throw Invalid("Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
    }

    private static ServiceException Invalid(string message) => new(
        S3Codes.InvalidArgument, message, 400, new Dictionary<string, string> { ["ArgumentName"] = "x-amz-copy-source" });
}
