using Sagebrush.Contracts.S3;

namespace Sagebrush.Services.S3;

/// <summary>Headers the client wants instead of the stored ones: the <c>response-…</c> parameters.</summary>
internal readonly record struct HeaderOverrides
{
    public string? ContentType { get; init; }

    public string? CacheControl { get; init; }

    public string? ContentDisposition { get; init; }

    public string? ContentEncoding { get; init; }

    public string? ContentLanguage { get; init; }

    public string? Expires { get; init; }

    public static HeaderOverrides Of(GetObjectRequest request) => new()
    {
        ContentType = request.ResponseContentType,
        CacheControl = request.ResponseCacheControl,
        ContentDisposition = request.ResponseContentDisposition,
        ContentEncoding = request.ResponseContentEncoding,
        ContentLanguage = request.ResponseContentLanguage,
        Expires = request.ResponseExpires is { } time ? ResponseHeaders.HttpDate(time) : null,
    };

    public static HeaderOverrides Of(HeadObjectRequest request) => new()
    {
        ContentType = request.ResponseContentType,
        CacheControl = request.ResponseCacheControl,
        ContentDisposition = request.ResponseContentDisposition,
        ContentEncoding = request.ResponseContentEncoding,
        ContentLanguage = request.ResponseContentLanguage,
        Expires = request.ResponseExpires is { } time ? ResponseHeaders.HttpDate(time) : null,
    };
}
