using Microsoft.AspNetCore.Http;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Says the object store's refusals in S3's words.</summary>
internal static class StoreRefusals
{
    public static ServiceException Translate(ObjectStoreException refusal, CallContext context)
    {
        var details = new Dictionary<string, string>();
        if (refusal.Subject is { } subject && SubjectName(refusal.Error) is { } name)
        {
            details[name] = subject;
        }

        details["Resource"] = context.Http.Request.Path.Value ?? "/";
        return new(refusal.Error.ToString(), refusal.Message, Status(refusal.Error), details);
    }

    private static int Status(ObjectStoreError error) => error switch
    {
        ObjectStoreError.NoSuchBucket or ObjectStoreError.NoSuchKey or ObjectStoreError.NoSuchUpload => StatusCodes.Status404NotFound,
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
        ObjectStoreError.PreconditionFailed => "Condition",
        ObjectStoreError.InvalidPart => "PartNumber",
        ObjectStoreError.KeyTooLongError or ObjectStoreError.EntityTooSmall => "Detail",
        _ => null,
    };
}
