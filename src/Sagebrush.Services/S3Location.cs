using System.Diagnostics.CodeAnalysis;

namespace Sagebrush.Services;

/// <summary>A place in S3 named by a URL: <c>s3://bucket/key</c>, or the https forms of S3.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The key, or the beginning of keys; may be empty.</param>
internal readonly record struct S3Location(string Bucket, string Key)
{
    /// <summary>Reads a URL that was checked when it came in.</summary>
    /// <exception cref="FormatException">It names no place in S3.</exception>
    public static S3Location Parse(string url) =>
        TryParse(url, out var location) ? location : throw new FormatException($"'{url}' names no place in S3.");

    /// <summary>Reads a URL; false when it names no place in S3.</summary>
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

    /// <summary>A place below this one.</summary>
    public S3Location Below(string path) => this with { Key = Key.Length == 0 || Key.EndsWith('/') ? Key + path : $"{Key}/{path}" };

    /// <summary>The URL, in the form <c>s3://bucket/key</c>.</summary>
    public override string ToString() => $"s3://{Bucket}/{Key}";
}
