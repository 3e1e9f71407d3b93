namespace Sagebrush.Wire.Signing;

/// <summary>A request body that is not what its signed head promised. Caller's fault: answer with the code and status here.</summary>
public sealed class PayloadException : Exception
{
    /// <summary>Creates the exception with S3's wording.</summary>
    public PayloadException(PayloadError error)
        : this(error, null)
    {
    }

    /// <summary>Creates the exception with a sentence that says where the body is wrong.</summary>
    public PayloadException(PayloadError error, string? detail)
        : base(detail is null ? Describe(error) : $"{Describe(error)} {detail}") => Error = error;

    /// <summary>What is wrong.</summary>
    public PayloadError Error { get; }

    /// <summary>S3's error code.</summary>
    public string Code => Error switch
    {
        PayloadError.Incomplete => "IncompleteBody",
        PayloadError.SignatureMismatch => "SignatureDoesNotMatch",
        PayloadError.MalformedTrailer => "MalformedTrailerError",
        PayloadError.HashMismatch => "XAmzContentSHA256Mismatch",
        _ => "InvalidRequest",
    };

    /// <summary>The HTTP status.</summary>
    public int StatusCode => Error == PayloadError.SignatureMismatch ? 403 : 400;

    private static string Describe(PayloadError error) => error switch
    {
        PayloadError.Incomplete => "The request body terminated unexpectedly or its length is not the one announced.",
        PayloadError.SignatureMismatch => SignatureErrors.S3MismatchMessage,
        PayloadError.MalformedTrailer =>
            "The request contained trailing data that was not well-formed or did not conform to our published schema.",
        PayloadError.HashMismatch => "The provided 'x-amz-content-sha256' header does not match what was computed.",
        _ => "The aws-chunked framing of the request body is malformed.",
    };
}
