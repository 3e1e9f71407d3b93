using System.Globalization;

namespace Sagebrush.Wire.Signing;

/// <summary>The words of S3, which differ from every other service's.</summary>
internal static class S3SignatureErrors
{
    public static SignatureError Describe(SignatureOutcome outcome, SignatureFailure failure)
    {
        var malformed = failure.Presigned ? "AuthorizationQueryParametersError" : "AuthorizationHeaderMalformed";
        var opening = failure.Presigned
            ? "Error parsing the X-Amz-Credential parameter"
            : "The authorization header is malformed";
        return SignatureErrors.DescribePayload(outcome) ?? outcome switch
        {
            SignatureOutcome.Missing => SignatureErrors.Error("AccessDenied", 403, "Access Denied"),
            SignatureOutcome.Malformed when failure.Presigned => SignatureErrors.Error(malformed, 400, failure.Detail!),
            SignatureOutcome.Malformed => SignatureErrors.Error(malformed, 400, $"{opening}; {failure.Detail}"),
            SignatureOutcome.SeveralMechanisms => SignatureErrors.Error(
                "InvalidArgument",
                400,
                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter "
                    + "or the Authorization header should be specified"),
            SignatureOutcome.UnsupportedAlgorithm => SignatureErrors.Error(
                "InvalidRequest",
                400,
                $"The authorization mechanism you have provided is not supported. Please use {SigV4Verifier.Algorithm}."),
            SignatureOutcome.InvalidDate when failure.Presigned => SignatureErrors.Error(
                malformed, 400, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""),
            SignatureOutcome.InvalidDate => SignatureErrors.Error(
                "AccessDenied", 403, "AWS authentication requires a valid Date or x-amz-date header"),
            SignatureOutcome.InvalidExpires => SignatureErrors.Error(
                malformed, 400, "X-Amz-Expires must be a number of seconds between 1 and 604800 (7 days)"),
            SignatureOutcome.ScopeDateMismatch => SignatureErrors.Error(
                malformed, 400, $"{opening}; incorrect date \"{failure.Subject}\". This date is not the same as X-Amz-Date: \"{failure.Expected}\"."),
            SignatureOutcome.ScopeRegionMismatch => WithDetails(
                SignatureErrors.Error(
                    malformed, 400, $"{opening}; the region '{failure.Subject}' is wrong; expecting '{failure.Expected}'"),
                ("Region", failure.Expected)),
            SignatureOutcome.ScopeServiceMismatch => SignatureErrors.Error(
                malformed, 400, $"{opening}; incorrect service \"{failure.Subject}\". This endpoint belongs to \"{failure.Expected}\"."),
            SignatureOutcome.PresignedExpired => WithDetails(
                SignatureErrors.Error("AccessDenied", 403, "Request has expired"),
                ("X-Amz-Expires", failure.Detail),
                ("Expires", Iso(ExpiryOf(failure))),
                ("ServerTime", Iso(failure.ServerTime))),
            SignatureOutcome.NotYetValid when failure.Presigned =>
                SignatureErrors.Error("AccessDenied", 403, "Request is not yet valid"),
            SignatureOutcome.Expired or SignatureOutcome.NotYetValid => WithDetails(
                SignatureErrors.Error(
                    "RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large."),
                ("RequestTime", AmzDate.ToString(failure.RequestTime)),
                ("ServerTime", Iso(failure.ServerTime)),
                ("MaxAllowedSkewMilliseconds", "900000")),
            SignatureOutcome.UnknownAccessKey => WithDetails(
                SignatureErrors.Error("InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records."),
                ("AWSAccessKeyId", failure.AccessKeyId)),
            SignatureOutcome.InvalidToken =>
                SignatureErrors.Error("InvalidToken", 400, "The provided token is malformed or otherwise invalid."),
            SignatureOutcome.ExpiredToken => SignatureErrors.Error("ExpiredToken", 400, "The provided token has expired."),
            SignatureOutcome.UnsignedHeader => WithDetails(
                SignatureErrors.Error("AccessDenied", 403, "There were headers present in the request which were not signed"),
                ("HeadersNotSigned", failure.Subject)),
            _ => WithDetails(
                SignatureErrors.Error("SignatureDoesNotMatch", 403, SignatureErrors.S3MismatchMessage),
                ("AWSAccessKeyId", failure.AccessKeyId),
                ("StringToSign", failure.StringToSign),
                ("SignatureProvided", failure.SignatureProvided),
                ("CanonicalRequest", failure.CanonicalRequest)),
        };
    }

    private static DateTimeOffset ExpiryOf(SignatureFailure failure) =>
        failure.RequestTime + TimeSpan.FromSeconds(int.Parse(failure.Detail ?? "0", CultureInfo.InvariantCulture));

    private static string Iso(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static SignatureError WithDetails(SignatureError error, params ReadOnlySpan<(string Name, string? Value)> details)
    {
        var present = new Dictionary<string, string>();
        foreach (var (name, value) in details)
        {
            if (value is not null)
            {
                present[name] = value;
            }
        }

        return error with { Details = present };
    }
}
