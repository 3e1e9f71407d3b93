using System.Collections.ObjectModel;
using System.Globalization;

namespace Sagebrush.Wire.Signing;

/// <summary>Words a refused signature as the services of a protocol family do.</summary>
public static class SignatureErrors
{
    internal const string S3MismatchMessage =
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.";

    private const string MismatchMessage =
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
        + "and signing method. Consult the service documentation for details.";

    private const string InvalidTokenMessage = "The security token included in the request is invalid.";
    private const string ExpiredTokenMessage = "The security token included in the request is expired";

    private static readonly IReadOnlyDictionary<string, string> NoDetails = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Words the refusal.</summary>
    /// <param name="result">A result that is not valid.</param>
    /// <param name="style">The family of the service that was called.</param>
    /// <exception cref="ArgumentException">The result is valid.</exception>
    public static SignatureError Describe(in SignatureResult result, SignatureErrorStyle style)
    {
        if (result.IsValid)
        {
            throw new ArgumentException("A valid signature has no error.", nameof(result));
        }

        var failure = result.Failure ?? new SignatureFailure();
        return style == SignatureErrorStyle.S3 ? S3SignatureErrors.Describe(result.Outcome, failure)
            : DescribePayload(result.Outcome) ?? Describe(result.Outcome, failure, style == SignatureErrorStyle.Query);
    }

    internal static SignatureError Error(string code, int status, string message) => new(code, status, message, NoDetails);

    /// <summary>The errors every service shares, since only clients that sign as for S3 can make them.</summary>
    internal static SignatureError? DescribePayload(SignatureOutcome outcome) => outcome switch
    {
        SignatureOutcome.PayloadHashMismatch =>
            Error("XAmzContentSHA256Mismatch", 400, "The provided 'x-amz-content-sha256' header does not match what was computed."),
        SignatureOutcome.InvalidPayloadHash => Error(
            "InvalidArgument",
            400,
            $"x-amz-content-sha256 must be {PayloadHash.Unsigned}, {PayloadHash.UnsignedChunksWithTrailer}, "
                + $"{PayloadHash.SignedChunks}, {PayloadHash.SignedChunksWithTrailer} or a valid sha256 value."),
        SignatureOutcome.MissingPayloadHash =>
            Error("InvalidRequest", 400, "Missing required header for this request: x-amz-content-sha256"),
        SignatureOutcome.InvalidDecodedLength =>
            Error("MissingContentLength", 411, "You must provide the x-amz-decoded-content-length HTTP header as a number of bytes."),
        _ => null,
    };

    private static SignatureError Describe(SignatureOutcome outcome, SignatureFailure failure, bool query)
    {
        // Query services name their errors without the suffix.
        var suffix = query ? string.Empty : "Exception";
        var mismatch = query ? "SignatureDoesNotMatch" : "InvalidSignatureException";
        return outcome switch
        {
            SignatureOutcome.Missing => Error(
                query ? "MissingAuthenticationToken" : "MissingAuthenticationTokenException",
                403,
                query ? "Request is missing Authentication Token" : "Missing Authentication Token"),
            SignatureOutcome.Malformed or SignatureOutcome.InvalidDate or SignatureOutcome.InvalidExpires =>
                Error($"IncompleteSignature{suffix}", 400, MalformedMessage(outcome, failure)),
            SignatureOutcome.SeveralMechanisms => Error(
                $"IncompleteSignature{suffix}",
                400,
                "Only one of the Authorization header and the X-Amz-Algorithm query parameter may be given."),
            SignatureOutcome.UnsupportedAlgorithm => Error(
                $"IncompleteSignature{suffix}",
                400,
                $"Unsupported AWS 'algorithm': '{failure.Detail}'. Only {SigV4Verifier.Algorithm} is supported."),
            SignatureOutcome.ScopeDateMismatch => Error(mismatch, 403, ScopeDateMessage(failure)),
            SignatureOutcome.ScopeRegionMismatch => Error(
                mismatch, 403, $"Credential should be scoped to a valid region, not '{failure.Subject}'. Expected '{failure.Expected}'."),
            SignatureOutcome.ScopeServiceMismatch => Error(
                mismatch, 403, $"Credential should be scoped to correct service: '{failure.Expected}'."),
            SignatureOutcome.Expired or SignatureOutcome.NotYetValid or SignatureOutcome.PresignedExpired =>
                Error(mismatch, 403, TimeMessage(outcome, failure)),
            SignatureOutcome.UnsignedHeader => Error(
                mismatch,
                403,
                $"'{(failure.Subject == "host" ? "Host" : failure.Subject)}' must be a 'SignedHeader' in the AWS Authorization."),
            SignatureOutcome.UnknownAccessKey or SignatureOutcome.InvalidToken =>
                Error(query ? "InvalidClientTokenId" : "UnrecognizedClientException", 403, InvalidTokenMessage),
            SignatureOutcome.ExpiredToken => Error($"ExpiredToken{suffix}", 403, ExpiredTokenMessage),
            _ => Error(mismatch, 403, MismatchText(failure)),
        };
    }

    private static string MalformedMessage(SignatureOutcome outcome, SignatureFailure failure) =>
        outcome == SignatureOutcome.InvalidExpires
            ? "X-Amz-Expires must be a number of seconds between 1 and 604800 (7 days)."
            : failure.Detail ?? "The request signature is incomplete.";

    private static string ScopeDateMessage(SignatureFailure failure) =>
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        + $"'{failure.Subject}' != '{failure.Expected}', from '{failure.Detail}'.";

    private static string TimeMessage(SignatureOutcome outcome, SignatureFailure failure)
    {
        var asked = AmzDate.ToString(failure.RequestTime);
        var now = AmzDate.ToString(failure.ServerTime);
        if (outcome == SignatureOutcome.NotYetValid)
        {
            var latest = AmzDate.ToString(failure.ServerTime + SigV4Verifier.MaxClockSkew);
            return $"Signature not yet current: {asked} is still later than {latest} ({now} + 15 min.)";
        }

        if (outcome == SignatureOutcome.PresignedExpired
            && int.TryParse(failure.Detail, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            var end = AmzDate.ToString(failure.RequestTime + TimeSpan.FromSeconds(seconds));
            return $"Signature expired: {end} is now earlier than {now}.";
        }

        var earliest = AmzDate.ToString(failure.ServerTime - SigV4Verifier.MaxClockSkew);
        return $"Signature expired: {asked} is now earlier than {earliest} ({now} - 15 min.)";
    }

    private static string MismatchText(SignatureFailure failure) => failure.CanonicalRequest is null
        ? MismatchMessage
        : $"{MismatchMessage}\n\nThe Canonical String for this request should have been\n'{failure.CanonicalRequest}'\n\n"
            + $"The String-to-Sign should have been\n'{failure.StringToSign}'\n";
}
