using Microsoft.AspNetCore.Http;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>The conditions of RFC 9110, section 13, in the order S3 gives them.</summary>
internal readonly record struct Preconditions
{
    public string? IfMatch { get; init; }

    public string? IfNoneMatch { get; init; }

    public DateTimeOffset? IfModifiedSince { get; init; }

    public DateTimeOffset? IfUnmodifiedSince { get; init; }

    /// <summary>Checks the conditions of a read.</summary>
    /// <exception cref="ServiceException">One does not hold: 412, or 304 where the client has the object already.</exception>
    public void RequireForRead(ObjectInfo info)
    {
        if (FailedRequirement(info) is { } condition)
        {
            throw Failed(condition);
        }

        if (FailedFreshness(info) is not null)
        {
            throw new ServiceException(S3Codes.NotModified, "Not Modified", StatusCodes.Status304NotModified)
            {
                Headers = new Dictionary<string, string>
                {
                    ["ETag"] = ResponseHeaders.Quote(info.ETag),
                    ["Last-Modified"] = ResponseHeaders.HttpDate(info.LastModified),
                },
            };
        }
    }

    /// <summary>Checks the conditions on the original of a copy.</summary>
    /// <exception cref="ServiceException">One does not hold: 412.</exception>
    public void RequireForCopy(ObjectInfo info)
    {
        if ((FailedRequirement(info) ?? FailedFreshness(info)) is { } condition)
        {
            throw Failed("x-amz-copy-source-" + condition);
        }
    }

    /// <summary>Strips an entity tag of its quotes.</summary>
    public static string Unquote(string etag)
    {
        var tag = etag.AsSpan().Trim();
        if (tag.StartsWith("W/"))
        {
            tag = tag[2..];
        }

        return tag.Trim('"').ToString();
    }

    /// <summary>What must hold of the present object for a write, from the request's headers.</summary>
    /// <exception cref="ServiceException">If-None-Match names an ETag.</exception>
    public static WriteCondition ForWrite(string? ifMatch, string? ifNoneMatch) => ifNoneMatch is null or "*"
        ? new() { IfMatch = ifMatch is null ? null : Unquote(ifMatch), IfAbsent = ifNoneMatch is not null }
        : throw new ServiceException(
            S3Codes.NotImplemented, "A header you provided implies functionality that is not implemented", StatusCodes.Status501NotImplemented, new Dictionary<string, string> { ["Header"] = "If-None-Match" });

    private string? FailedRequirement(ObjectInfo info) => (IfMatch, IfUnmodifiedSince) switch
    {
        ({ } tags, _) => Lists(tags, info.ETag) ? null : "If-Match",
        (null, { } time) => Seconds(info.LastModified) <= time ? null : "If-Unmodified-Since",
        _ => null,
    };

    private string? FailedFreshness(ObjectInfo info) => (IfNoneMatch, IfModifiedSince) switch
    {
        ({ } tags, _) => Lists(tags, info.ETag) ? "If-None-Match" : null,
        (null, { } time) => Seconds(info.LastModified) > time ? null : "If-Modified-Since",
        _ => null,
    };

    private static bool Lists(string tags, string etag) =>
        tags.Split(',').Any(tag => Unquote(tag) is var value && (value == etag || value == "*"));

    /// <remarks>HTTP dates have no fractions, so neither may the time they are compared with.</remarks>
    private static DateTimeOffset Seconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    private static ServiceException Failed(string condition) => new(
        S3Codes.PreconditionFailed,
        "At least one of the pre-conditions you specified did not hold",
        StatusCodes.Status412PreconditionFailed,
        new Dictionary<string, string> { ["Condition"] = condition });
}
