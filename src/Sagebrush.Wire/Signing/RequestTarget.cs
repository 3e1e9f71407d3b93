using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sagebrush.Wire.Signing;

/// <summary>The path and the query of a request exactly as they crossed the wire.</summary>
internal readonly ref struct RequestTarget
{
    private RequestTarget(ReadOnlySpan<char> path, ReadOnlySpan<char> query)
    {
        Path = path;
        Query = query;
    }

    public ReadOnlySpan<char> Path { get; }

    /// <summary>Without its question mark.</summary>
    public ReadOnlySpan<char> Query { get; }

    public static RequestTarget Of(HttpRequest request)
    {
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
        return Divide(string.IsNullOrEmpty(raw)
            ? request.PathBase.Add(request.Path).ToUriComponent() + request.QueryString.ToUriComponent()
            : raw);
    }

    public static RequestTarget Divide(ReadOnlySpan<char> target)
    {
        // The absolute form (RFC 9112 section 3.2.2) is what clients send to a proxy.
        if (!target.StartsWith('/') && target.IndexOf("://", StringComparison.Ordinal) is var scheme and > 0)
        {
            var authority = target[(scheme + 3)..];
            var end = authority.IndexOfAny('/', '?');
            target = end < 0 ? [] : authority[end..];
        }

        var question = target.IndexOf('?');
        return question < 0
            ? new RequestTarget(target, [])
            : new RequestTarget(target[..question], target[(question + 1)..]);
    }
}
