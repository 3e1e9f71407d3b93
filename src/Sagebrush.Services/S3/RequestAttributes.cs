using System.Text;
using Sagebrush.Contracts.S3;
using Sagebrush.Wire.Dispatch;
using ObjectAttributes = Sagebrush.State.Objects.ObjectAttributes;

namespace Sagebrush.Services.S3;

/// <summary>The headers and user metadata that a request stores beside an object.</summary>
internal static class RequestAttributes
{
    private const int LongestMetadata = 2 * 1024;
    private const string AwsChunked = "aws-chunked";

    public static ObjectAttributes Of(PutObjectRequest request) => Of(
        request.ContentType, request.ContentEncoding, request.ContentLanguage, request.ContentDisposition, request.CacheControl, request.Expires,
        request.WebsiteRedirectLocation, request.ServerSideEncryption, request.SSEKMSKeyId, request.Metadata);

    public static ObjectAttributes Of(CreateMultipartUploadRequest request) => Of(
        request.ContentType, request.ContentEncoding, request.ContentLanguage, request.ContentDisposition, request.CacheControl, request.Expires,
        request.WebsiteRedirectLocation, request.ServerSideEncryption, request.SSEKMSKeyId, request.Metadata);

    /// <summary>The attributes of a copy that does not take the original's.</summary>
    public static ObjectAttributes Of(CopyObjectRequest request) => Of(
        request.ContentType, request.ContentEncoding, request.ContentLanguage, request.ContentDisposition, request.CacheControl, request.Expires,
        request.WebsiteRedirectLocation, request.ServerSideEncryption, request.SSEKMSKeyId, request.Metadata);

    private static ObjectAttributes Of(
        string? type, string? encoding, string? language, string? disposition, string? cacheControl, string? expires,
        string? redirect, string? encryption, string? encryptionKey, Dictionary<string, string>? metadata) => new()
    {
        ContentType = type,
        ContentEncoding = WithoutChunking(encoding),
        ContentLanguage = language,
        ContentDisposition = disposition,
        CacheControl = cacheControl,
        Expires = expires,
        WebsiteRedirectLocation = redirect,
        ServerSideEncryption = encryption,
        EncryptionKeyId = encryptionKey,
        Metadata = Checked(metadata),
    };

    private static Dictionary<string, string> Checked(Dictionary<string, string>? metadata)
    {
        if (metadata is null)
        {
            return [];
        }

        var size = metadata.Sum(entry => Encoding.UTF8.GetByteCount(entry.Key) + Encoding.UTF8.GetByteCount(entry.Value));
        return size <= LongestMetadata
            ? metadata
            : throw new ServiceException(
                S3Codes.MetadataTooLarge, "Your metadata headers exceed the maximum allowed metadata size");
    }

    private static string? WithoutChunking(string? encoding)
    {
        if (encoding is null || !encoding.Contains(AwsChunked, StringComparison.OrdinalIgnoreCase))
        {
            return encoding;
        }

        var rest = encoding.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(token => !token.Equals(AwsChunked, StringComparison.OrdinalIgnoreCase));
        return string.Join(',', rest) is { Length: > 0 } others ? others : null;
    }
}
