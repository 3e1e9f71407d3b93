using System.Diagnostics.CodeAnalysis;

namespace Sagebrush.Services.Hosting;

/// <summary>An object named by a URL: <c>s3://bucket/key</c>, or the https forms of S3.</summary>
internal readonly record struct S3Location(string Bucket, string Key)
{
    public static bool TryParse([NotNullWhen(true)] string? url, out S3Location location)
    {
        location = default;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri))
        {
            return false;
        }

        // Keys may hold characters that Uri would rewrite: they are taken from the text.
        var rest = url.AsSpan(url.IndexOf("://", StringComparison.Ordinal) + 3);
        var slash = rest.IndexOf('/');
        var host = slash < 0 ? rest : rest[..slash];
        var path = slash < 0 ? [] : rest[(slash + 1)..];
        if (uri.Scheme == "s3")
        {
            location = new S3Location(host.ToString(), path.ToString());
            return host.Length > 0;
        }

        var at = host.IndexOf(".s3", StringComparison.Ordinal);
        if (at > 0)
        {
            location = new S3Location(host[..at].ToString(), path.ToString());
            return true;
        }

        var end = path.IndexOf('/');
        location = end < 0 ? default : new S3Location(path[..end].ToString(), path[(end + 1)..].ToString());
        return uri.Scheme == "https" && end > 0 && host.StartsWith("s3", StringComparison.Ordinal);
    }
}
