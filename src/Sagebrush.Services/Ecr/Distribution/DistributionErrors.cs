using System.Text.Json;

using Microsoft.AspNetCore.Http;

using Sagebrush.State.Blobs;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr.Distribution;

/// <summary>Says in the distribution specification's words what went wrong.</summary>
internal static class DistributionErrors
{
    public static DistributionException BlobUnknown() => new("BLOB_UNKNOWN", "blob unknown to the repository", StatusCodes.Status404NotFound);

    public static DistributionException ManifestUnknown(string reference) => new("MANIFEST_UNKNOWN", $"no image '{reference}' in the repository", StatusCodes.Status404NotFound);

    public static DistributionException DigestInvalid() => new("DIGEST_INVALID", "a digest is 'sha256:' and 64 lower-case hexadecimal digits");

    public static DistributionException Unsupported() => new("UNSUPPORTED", "the registry has no such operation", StatusCodes.Status405MethodNotAllowed);

    /// <summary>The error that an exception is to the client; null for one that is nobody's but ours.</summary>
    public static DistributionException? Of(Exception exception) => exception switch
    {
        DistributionException error => error,
        ServiceException error => new DistributionException(Code(error), error.Message, Status(error)),
        BlobUploadBusyException => new DistributionException("BLOB_UPLOAD_INVALID", exception.Message, StatusCodes.Status409Conflict),
        BlobTooLargeException => new DistributionException("SIZE_INVALID", exception.Message, StatusCodes.Status413PayloadTooLarge),
        BadHttpRequestException error => new DistributionException("BLOB_UPLOAD_INVALID", error.Message, error.StatusCode),
        _ when DiskSpace.IsFull(exception) => new DistributionException(
            "INSUFFICIENT_STORAGE", "the disk of the server is full; what was not acknowledged was not stored", StatusCodes.Status507InsufficientStorage),
        _ => null,
    };

    /// <summary>Writes an error.</summary>
    public static async Task WriteAsync(HttpContext http, DistributionException error, CancellationToken cancellationToken)
    {
        http.Response.StatusCode = error.StatusCode;
        foreach (var (name, value) in error.Headers)
        {
            http.Response.Headers[name] = value;
        }

        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartArray("errors");
            json.WriteStartObject();
            json.WriteString("code", error.Code);
            json.WriteString("message", error.Message);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), cancellationToken);
    }

    private static string Code(ServiceException error) => error.Code switch
    {
        "RepositoryNotFoundException" => "NAME_UNKNOWN",
        "LayersNotFoundException" or "ReferencedImagesNotFoundException" => "MANIFEST_BLOB_UNKNOWN",
        "ImageDigestDoesNotMatchException" or "InvalidLayerException" => "DIGEST_INVALID",
        "UploadNotFoundException" => "BLOB_UPLOAD_UNKNOWN",
        "ImageTagAlreadyExistsException" => "TAG_INVALID",
        "InvalidParameterException" => "MANIFEST_INVALID",
        "AccessDeniedException" => "DENIED",
        _ => "UNKNOWN",
    };

    private static int Status(ServiceException error) => error.Code switch
    {
        "RepositoryNotFoundException" or "UploadNotFoundException" => StatusCodes.Status404NotFound,
        "AccessDeniedException" => StatusCodes.Status403Forbidden,
        _ => error.StatusCode,
    };
}
