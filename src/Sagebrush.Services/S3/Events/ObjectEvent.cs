namespace Sagebrush.Services.S3.Events;

/// <summary>Something that happened to an object, as S3 tells it.</summary>
public sealed record ObjectEvent
{
    /// <summary>S3's name without <c>s3:</c>, such as <c>ObjectCreated:Put</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>The account that owns the bucket; 12 digits.</summary>
    public required string Account { get; init; }

    /// <summary>The bucket's region.</summary>
    public required string Region { get; init; }

    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>The number of bytes; 0 for what is gone.</summary>
    public long Size { get; init; }

    /// <summary>The entity tag without quotes; null for what is gone.</summary>
    public string? ETag { get; init; }

    /// <summary>The version; null in a bucket without versioning.</summary>
    public string? VersionId { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The ARN of who did it; null when the program did.</summary>
    public string? Principal { get; init; }

    /// <summary>The request that did it; null when there was none.</summary>
    public string? RequestId { get; init; }

    /// <summary>Where the request came from; null when there was none.</summary>
    public string? SourceAddress { get; init; }
}
