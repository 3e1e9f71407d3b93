using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sagebrush.Services.S3.Locks;
using Sagebrush.State.Objects;
using Sagebrush.State.Objects.Checksums;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.S3;

/// <summary>What S3 says of an object in the headers of an answer.</summary>
internal static class ResponseHeaders
{
    private const string DefaultContentType = "binary/octet-stream";

    public static string Quote(string etag) => $"\"{etag}\"";

    public static string HttpDate(DateTimeOffset time) => Timestamps.Format(time, TimestampFormat.HttpDate, TimestampFormat.HttpDate);

    public static void WriteChecksum(HttpResponse response, ObjectChecksum? checksum)
    {
        if (checksum is { } value)
        {
            response.Headers[AnnouncedChecksum.HeaderName(value.Algorithm)] = value.Value;
            response.Headers["x-amz-checksum-type"] = ChecksumValues.TypeName(value.Type);
        }
    }

    public static void WriteEncryption(HttpResponse response, ObjectAttributes attributes)
    {
        Set(response, "x-amz-server-side-encryption", attributes.ServerSideEncryption);
        Set(response, "x-amz-server-side-encryption-aws-kms-key-id", attributes.EncryptionKeyId);
    }

    /// <summary>Everything GetObject and HeadObject say.</summary>
    public static void Write(HttpResponse response, ObjectInfo info, in ObjectSlice slice, in HeaderOverrides overrides, bool withChecksum)
    {
        var attributes = info.Attributes;
        response.Headers.AcceptRanges = "bytes";
        response.Headers.ETag = Quote(info.ETag);
        response.Headers.LastModified = HttpDate(info.LastModified);
        response.ContentLength = slice.Length;
        response.ContentType = overrides.ContentType ?? attributes.ContentType ?? DefaultContentType;
        Set(response, "Cache-Control", overrides.CacheControl ?? attributes.CacheControl);
        Set(response, "Content-Disposition", overrides.ContentDisposition ?? attributes.ContentDisposition);
        Set(response, "Content-Encoding", overrides.ContentEncoding ?? attributes.ContentEncoding);
        Set(response, "Content-Language", overrides.ContentLanguage ?? attributes.ContentLanguage);
        Set(response, "Expires", overrides.Expires ?? attributes.Expires);
        Set(response, "x-amz-website-redirect-location", attributes.WebsiteRedirectLocation);
        Set(response, "x-amz-storage-class", info.StorageClass == Contracts.S3.StorageClass.Standard ? null : info.StorageClass);
        Set(response, "x-amz-tagging-count", info.Tags.Count == 0 ? null : info.Tags.Count.ToString(CultureInfo.InvariantCulture));
        Set(response, "x-amz-mp-parts-count", slice.PartsCount?.ToString(CultureInfo.InvariantCulture));
        WriteEncryption(response, attributes);
        WriteLock(response, attributes);
        foreach (var (name, value) in attributes.Metadata)
        {
            response.Headers["x-amz-meta-" + name] = value;
        }

        // A checksum tells about all bytes, so it goes only with all of them: those of the object, or of a part.
        if (withChecksum && slice.PartChecksum is { } part && info.Checksum is { } whole)
        {
            WriteChecksum(response, whole with { Value = part });
        }
        else if (withChecksum && slice.Length == info.Size)
        {
            WriteChecksum(response, info.Checksum);
        }

        if (slice.IsPartial)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(
                CultureInfo.InvariantCulture, $"bytes {slice.Offset}-{slice.Offset + slice.Length - 1}/{info.Size}");
        }
    }

    private static void WriteLock(HttpResponse response, ObjectAttributes attributes)
    {
        if (attributes.Retention is { } retention)
        {
            Set(response, "x-amz-object-lock-mode", ObjectLocks.Name(retention.Mode));
            Set(response, "x-amz-object-lock-retain-until-date", Timestamps.Format(retention.Until, TimestampFormat.Iso8601, TimestampFormat.Iso8601));
        }

        Set(response, "x-amz-object-lock-legal-hold", attributes.LegalHold is { } held ? ObjectLocks.HoldName(held) : null);
    }

    private static void Set(HttpResponse response, string name, string? value)
    {
        if (value is null)
        {
            return;
        }

        if (value.Any(char.IsControl))
        {
            throw new ServiceException(S3Codes.InvalidArgument, $"The value of {name} cannot be sent in a header");
        }

        response.Headers[name] = value;
    }
}
