using Microsoft.AspNetCore.Http;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Says the object store's refusals in S3's words.</summary>
internal static class StoreRefusals
{
    public static ServiceException Translate(ObjectStoreException refusal, HttpContext http)
    {
        var details = new Dictionary<string, string>();
        if (refusal.Subject is { } subject && SubjectName(refusal.Error) is { } name)
        {
            details[name] = subject;
        }

        details["Resource"] = http.Request.Path.Value ?? "/";
        return new(refusal.Error.ToString(), refusal.Message, Status(refusal.Error), details) { Headers = HeadersOf(refusal) };
    }

    private static Dictionary<string, string>? HeadersOf(ObjectStoreException refusal)
    {
        var headers = VersionIds.HeadersOf(refusal.Marker);
        if (refusal.Error == ObjectStoreError.MethodNotAllowed)
        {
            headers!["Allow"] = "DELETE";
        }

        return headers;
    }

    private static int Status(ObjectStoreError error) => error switch
    {
        ObjectStoreError.NoSuchBucket or ObjectStoreError.NoSuchKey or ObjectStoreError.NoSuchUpload or ObjectStoreError.NoSuchVersion => StatusCodes.Status404NotFound,
        ObjectStoreError.AccessDenied => StatusCodes.Status403Forbidden,
        ObjectStoreError.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        ObjectStoreError.BucketAlreadyExists or ObjectStoreError.BucketAlreadyOwnedByYou or ObjectStoreError.BucketNotEmpty => StatusCodes.Status409Conflict,
        ObjectStoreError.PreconditionFailed => StatusCodes.Status412PreconditionFailed,
        _ => StatusCodes.Status400BadRequest,
    };

    private static string? SubjectName(ObjectStoreError error) => error switch
    {
        ObjectStoreError.NoSuchBucket or ObjectStoreError.BucketNotEmpty or ObjectStoreError.InvalidBucketName
            or ObjectStoreError.BucketAlreadyExists or ObjectStoreError.BucketAlreadyOwnedByYou => "BucketName",
        ObjectStoreError.NoSuchKey => "Key",
        ObjectStoreError.NoSuchUpload => "UploadId",
        ObjectStoreError.NoSuchVersion => "VersionId",
        ObjectStoreError.PreconditionFailed => "Condition",
        ObjectStoreError.InvalidPart => "PartNumber",
        ObjectStoreError.KeyTooLongError or ObjectStoreError.EntityTooSmall => "Detail",
        _ => null,
    };
}
