namespace Sagebrush.Wire.Signing;

/// <summary>What is wrong with a request body that was checked while it was read.</summary>
public enum PayloadError
{
    /// <summary>The body ended before its last chunk, or is shorter or longer than x-amz-decoded-content-length.</summary>
    Incomplete,

    /// <summary>The chunk framing cannot be understood.</summary>
    MalformedChunk,

    /// <summary>The signature of a chunk or of the trailers is wrong.</summary>
    SignatureMismatch,

    /// <summary>The trailers are not those announced in x-amz-trailer, or not well formed.</summary>
    MalformedTrailer,

    /// <summary>The body's SHA-256 is not the one that was signed.</summary>
    HashMismatch,
}
