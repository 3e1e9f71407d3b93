namespace Sagebrush.Services;

/// <summary>A place in S3, as URIs name it.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The key, or the beginning of keys; may be empty.</param>
internal readonly record struct S3Location(string Bucket, string Key)
{
    private const string Scheme = "s3://";

    /// <summary>Reads <c>s3://bucket/key</c>; null when it is not one.</summary>
    public static S3Location? TryParse(string? uri)
    {
        if (uri is null || !uri.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var slash = uri.IndexOf('/', Scheme.Length);
        var bucket = slash < 0 ? uri[Scheme.Length..] : uri[Scheme.Length..slash];
        return bucket.Length == 0 ? null : new S3Location(bucket, slash < 0 ? string.Empty : uri[(slash + 1)..]);
    }

    /// <summary>A place below this one.</summary>
    public S3Location Below(string path) => this with { Key = Key.Length == 0 || Key.EndsWith('/') ? Key + path : $"{Key}/{path}" };

    /// <summary>The URI.</summary>
    public override string ToString() => $"{Scheme}{Bucket}/{Key}";
}
