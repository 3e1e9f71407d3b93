namespace Sagebrush.Wire.Signing;

/// <summary>What the check of a signature found.</summary>
public enum SignatureOutcome
{
    /// <summary>The request carries no credentials at all.</summary>
    Missing,

    /// <summary>The signature is right.</summary>
    Valid,

    /// <summary>The Authorization header or the X-Amz-… query parameters cannot be understood.</summary>
    Malformed,

    /// <summary>Both an Authorization header and X-Amz-… query parameters were sent.</summary>
    SeveralMechanisms,

    /// <summary>An algorithm other than AWS4-HMAC-SHA256, such as SigV4a or SigV2.</summary>
    UnsupportedAlgorithm,

    /// <summary>No date was sent, or one that cannot be read.</summary>
    InvalidDate,

    /// <summary>The day in the credential scope is not the day of the request.</summary>
    ScopeDateMismatch,

    /// <summary>The region in the credential scope is not the one that was asked.</summary>
    ScopeRegionMismatch,

    /// <summary>The service in the credential scope is not the one that was asked.</summary>
    ScopeServiceMismatch,

    /// <summary>Signed longer ago than the clock may differ.</summary>
    Expired,

    /// <summary>Signed further in the future than the clock may differ.</summary>
    NotYetValid,

    /// <summary>A presigned URL whose time is over.</summary>
    PresignedExpired,

    /// <summary>X-Amz-Expires is not a number from 1 to 604800 (seconds).</summary>
    InvalidExpires,

    /// <summary>Nobody has this access key.</summary>
    UnknownAccessKey,

    /// <summary>The session token does not belong to the key.</summary>
    InvalidToken,

    /// <summary>The session is over.</summary>
    ExpiredToken,

    /// <summary>A header that must be signed was not.</summary>
    UnsignedHeader,

    /// <summary>The signature differs from ours.</summary>
    Mismatch,

    /// <summary>S3 wants x-amz-content-sha256 in every signed request and it was not there.</summary>
    MissingPayloadHash,

    /// <summary>x-amz-content-sha256 is neither a hash nor a known mode.</summary>
    InvalidPayloadHash,

    /// <summary>The body's SHA-256 is not the one in x-amz-content-sha256.</summary>
    PayloadHashMismatch,

    /// <summary>An aws-chunked body without x-amz-decoded-content-length, or with one that is no number.</summary>
    InvalidDecodedLength,
}
