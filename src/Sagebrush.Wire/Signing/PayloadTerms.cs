namespace Sagebrush.Wire.Signing;

/// <summary>What a verified request head promises about its body.</summary>
internal readonly struct PayloadTerms
{
    public PayloadMode Mode { get; init; }

    /// <summary>The promised lower-case hexadecimal SHA-256; null when the body was hashed already or is not covered.</summary>
    public string? ExpectedHash { get; init; }

    /// <summary>The length of the object inside an aws-chunked body, in bytes.</summary>
    public long DecodedLength { get; init; }

    /// <summary>The start of the chain of chunk signatures; null for unsigned chunks.</summary>
    public ChunkSignatureChain? Chain { get; init; }
}
