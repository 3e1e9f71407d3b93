namespace Sagebrush.Wire.Signing;

/// <summary>How a request protects its body.</summary>
public enum PayloadMode
{
    /// <summary>The SHA-256 of the whole body is part of the signature.</summary>
    SignedHash,

    /// <summary><c>UNSIGNED-PAYLOAD</c>: the body is not covered.</summary>
    Unsigned,

    /// <summary><c>STREAMING-AWS4-HMAC-SHA256-PAYLOAD</c>: aws-chunked, each chunk signed.</summary>
    SignedChunks,

    /// <summary><c>STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER</c>: aws-chunked, chunks and trailers signed.</summary>
    SignedChunksWithTrailer,

    /// <summary><c>STREAMING-UNSIGNED-PAYLOAD-TRAILER</c>: aws-chunked with trailers, nothing signed.</summary>
    UnsignedChunksWithTrailer,
}
