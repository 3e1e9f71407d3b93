using System.Collections.ObjectModel;
using Sagebrush.State.Objects.Encryption;

namespace Sagebrush.State.Objects;

/// <summary>What a client stored beside an object's bytes to get back with them.</summary>
public sealed record ObjectAttributes
{
    /// <summary>No attributes at all.</summary>
    public static ObjectAttributes None { get; } = new();

    /// <summary><c>Content-Type</c>.</summary>
    public string? ContentType { get; init; }

    /// <summary><c>Content-Encoding</c>, without the <c>aws-chunked</c> of a signed upload.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary><c>Content-Language</c>.</summary>
    public string? ContentLanguage { get; init; }

    /// <summary><c>Content-Disposition</c>.</summary>
    public string? ContentDisposition { get; init; }

    /// <summary><c>Cache-Control</c>.</summary>
    public string? CacheControl { get; init; }

    /// <summary><c>Expires</c>, as the client wrote it: S3 does not look at it either.</summary>
    public string? Expires { get; init; }

    /// <summary><c>x-amz-website-redirect-location</c>.</summary>
    public string? WebsiteRedirectLocation { get; init; }

    /// <summary><c>x-amz-server-side-encryption</c>, given back as it came.</summary>
    public string? ServerSideEncryption { get; init; }

    /// <summary><c>x-amz-server-side-encryption-aws-kms-key-id</c>, given back as it came.</summary>
    public string? EncryptionKeyId { get; init; }

    /// <summary>The check value of the client's key that the bytes are encrypted with; null when they are not. The store sets it.</summary>
    public KeyCheckValue? CustomerKey { get; init; }

    /// <summary>Who may do what beside the owner; a text that means nothing to the store.</summary>
    public string? AccessList { get; init; }

    /// <summary>Until when this version may not be deleted; null when it may at any time.</summary>
    public ObjectRetention? Retention { get; init; }

    /// <summary>Whether this version may not be deleted until somebody says otherwise; null when nobody ever said anything.</summary>
    public bool? LegalHold { get; init; }

    /// <summary>User metadata: the names after <c>x-amz-meta-</c>, in lower case, and their values.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
