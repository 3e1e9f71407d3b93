using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Sagebrush.Wire.Signing;

/// <summary>Checks AWS Signature Version 4 on incoming requests, in the Authorization header or in the query string.</summary>
/// <remarks>
/// Thread safe; one instance serves the program. A request that is refused is a <see cref="SignatureResult"/>, never an
/// exception. The request must come from a server that fills
/// <see cref="Microsoft.AspNetCore.Http.Features.IHttpRequestFeature.RawTarget"/>, since decoded paths cannot be verified.
/// Source: "AWS Signature Version 4 for API requests" and "Authenticating Requests (AWS Signature Version 4)" of S3.
/// </remarks>
public sealed partial class SigV4Verifier
{
    /// <summary>The only algorithm accepted.</summary>
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>How far the clocks of client and server may differ.</summary>
    public static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(15);

    /// <summary>How long a presigned URL may live at most: seven days.</summary>
    public static readonly TimeSpan MaxPresignedLife = TimeSpan.FromDays(7);

    private readonly ICredentialSource _credentials;
    private readonly TimeProvider _clock;

    /// <summary>Creates a verifier.</summary>
    /// <param name="credentials">Who may sign.</param>
    /// <param name="clock">The clock signatures are compared with.</param>
    public SigV4Verifier(ICredentialSource credentials, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(clock);
        _credentials = credentials;
        _clock = clock;
        PresignedV2 = new PresignedV2Verifier(credentials, clock);
    }

    /// <summary>Checks what this class does not: S3's presigned URLs of the older kind.</summary>
    internal PresignedV2Verifier PresignedV2 { get; }

    /// <summary>Checks a request whose body was read into memory: after this everything is proved.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">Its whole body.</param>
    /// <param name="expected">What the credential scope must name.</param>
    /// <returns>The outcome; bodies in aws-chunked form still have to be read through <see cref="OpenBody"/>.</returns>
    public SignatureResult Verify(HttpRequest request, in ReadOnlySequence<byte> body, ScopeExpectation expected = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Check(request, new Body(body), expected);
    }

    /// <inheritdoc cref="Verify(HttpRequest, in ReadOnlySequence{byte}, ScopeExpectation)"/>
    public SignatureResult Verify(HttpRequest request, ReadOnlyMemory<byte> body, ScopeExpectation expected = default) =>
        Verify(request, new ReadOnlySequence<byte>(body), expected);

    /// <summary>
    /// Checks everything but the body, which the caller then reads through <see cref="OpenBody"/>, where a body that breaks the
    /// promise of the signature throws <see cref="PayloadException"/> before its end is reached.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="expected">What the credential scope must name.</param>
    /// <returns>
    /// The outcome. A request with a body needs <c>x-amz-content-sha256</c> here, as S3 demands of its clients; other services'
    /// clients leave it out, so that their bodies have to be read first.
    /// </returns>
    public SignatureResult VerifyHead(HttpRequest request, ScopeExpectation expected = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Check(request, default, expected);
    }

    /// <summary>
    /// Refuses, before its body is read, a request that no body could make valid: unsigned, out of its time, or of a strange key.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="expected">What the credential scope must name.</param>
    /// <param name="refusal">Why, when it is refused.</param>
    /// <returns>Whether it is refused; otherwise nothing is proved yet.</returns>
    public bool TryRefuseEarly(HttpRequest request, ScopeExpectation expected, out SignatureResult refusal)
    {
        ArgumentNullException.ThrowIfNull(request);
        var presented = default(PresentedSignature);
        return !Identify(request, RequestTarget.Of(request), expected, ref presented, out _, out _, out refusal);
    }

    /// <summary>Opens the body of a request that <see cref="VerifyHead"/> accepted.</summary>
    /// <param name="request">The request.</param>
    /// <param name="result">Its valid result.</param>
    /// <returns>
    /// The decoded body: the request's own stream where nothing is to be checked, a <see cref="HashVerifyingStream"/>, or an
    /// <see cref="AwsChunkedStream"/>. Only the end of the stream proves its content: commit nothing before it.
    /// </returns>
    /// <exception cref="InvalidOperationException">The result is not valid.</exception>
    public static Stream OpenBody(HttpRequest request, in SignatureResult result)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!result.IsValid)
        {
            throw new InvalidOperationException("Only the body of a verified request can be opened.");
        }

        var terms = result.Payload;
        return terms.Mode switch
        {
            PayloadMode.SignedHash when terms.ExpectedHash is { } hash => new HashVerifyingStream(request.Body, hash),
            PayloadMode.SignedHash or PayloadMode.Unsigned => request.Body,
            _ => new AwsChunkedStream(request.BodyReader, terms, request.Headers["x-amz-trailer"].ToString()),
        };
    }

    private static SignatureResult Refuse(
        SignatureOutcome outcome, in PresentedSignature presented, string? detail = null, string? subject = null, string? expected = null) =>
        new(outcome, new SignatureFailure
        {
            Detail = detail,
            Subject = subject,
            Expected = expected,
            AccessKeyId = presented.AccessKeyId.ToString(),
            SignatureProvided = presented.Signature.ToString(),
            Presigned = presented.Presigned,
        });

    private SignatureResult Check(HttpRequest request, in Body body, ScopeExpectation expected)
    {
        var target = RequestTarget.Of(request);
        var presented = default(PresentedSignature);
        if (Identify(request, target, expected, ref presented, out var time, out var credential, out var refusal)
            && TryReadSignedHeaders(request, presented, out var signedHeaders, out refusal)
            && TryReadPayloadTerms(request, presented, body, out var payloadHash, out var terms, out refusal))
        {
            var attempt = new Attempt
            {
                Request = request,
                Target = target,
                Presented = presented,
                Credential = credential!,
                SignedHeaders = signedHeaders!,
                PayloadHash = payloadHash,
                Body = body,
                Time = time,
            };
            return Compare(ref attempt, terms);
        }

        return refusal;
    }

    /// <summary>Everything that needs neither headers nor body: what is claimed, when, and by whose key.</summary>
    private bool Identify(
        HttpRequest request,
        RequestTarget target,
        ScopeExpectation expected,
        ref PresentedSignature presented,
        out DateTimeOffset time,
        out Credential? credential,
        out SignatureResult refusal)
    {
        time = default;
        credential = null;
        return Read(request, target, ref presented, out refusal)
            && CheckScope(presented, expected, out refusal)
            && TryReadTime(request, presented, out time, out refusal)
            && CheckTime(presented, time, out refusal)
            && TryFindCredential(request, ref presented, out credential, out refusal);
    }

    private static bool Read(
        HttpRequest request, RequestTarget target, ref PresentedSignature presented, out SignatureResult refusal)
    {
        refusal = default;
        var authorization = request.Headers.Authorization;
        var algorithmAt = target.Query.IndexOf("X-Amz-Algorithm=", StringComparison.Ordinal);
        var inQuery = algorithmAt == 0 || (algorithmAt > 0 && target.Query[algorithmAt - 1] == '&');
        if (authorization.Count == 0)
        {
            if (!inQuery)
            {
                return false;
            }

            var algorithm = target.Query[(algorithmAt + "X-Amz-Algorithm=".Length)..];
            algorithm = algorithm.IndexOf('&') is var end and >= 0 ? algorithm[..end] : algorithm;
            presented.Presigned = true;
            return algorithm.SequenceEqual(Algorithm)
                ? Accept(presented.ReadQuery(target.Query), presented, out refusal)
                : Fail(SignatureOutcome.UnsupportedAlgorithm, presented, algorithm, out refusal);
        }

        if (inQuery)
        {
            return Fail(SignatureOutcome.SeveralMechanisms, presented, null, out refusal);
        }

        if (authorization.Count > 1)
        {
            return Fail(SignatureOutcome.Malformed, presented, "Only one Authorization header is allowed.", out refusal);
        }

        var header = authorization[0].AsSpan().Trim();
        if (header.IsEmpty)
        {
            return false;
        }

        var space = header.IndexOf(' ');
        var scheme = space < 0 ? header : header[..space];
        return !scheme.SequenceEqual(Algorithm)
            ? Fail(SignatureOutcome.UnsupportedAlgorithm, presented, scheme, out refusal)
            : Accept(presented.ReadHeader(space < 0 ? [] : header[space..]), presented, out refusal);
    }

    private static bool Accept(string? problem, in PresentedSignature presented, out SignatureResult refusal)
    {
        refusal = default;
        return problem is null || Fail(SignatureOutcome.Malformed, presented, problem, out refusal);
    }

    private static bool Fail(
        SignatureOutcome outcome, in PresentedSignature presented, ReadOnlySpan<char> detail, out SignatureResult refusal)
    {
        refusal = Refuse(outcome, presented, detail.Length > 512 ? detail[..512].ToString() : detail.ToString());
        return false;
    }

    private static bool CheckScope(in PresentedSignature presented, ScopeExpectation expected, out SignatureResult refusal)
    {
        refusal = default;
        if (expected.Service is { } service && !presented.Service.SequenceEqual(service))
        {
            refusal = Refuse(SignatureOutcome.ScopeServiceMismatch, presented, null, presented.Service.ToString(), service);
            return false;
        }

        if (expected.Region is { } region && !presented.Region.SequenceEqual(region))
        {
            refusal = Refuse(SignatureOutcome.ScopeRegionMismatch, presented, null, presented.Region.ToString(), region);
            return false;
        }

        return true;
    }

    private static bool TryReadTime(
        HttpRequest request, in PresentedSignature presented, out DateTimeOffset time, out SignatureResult refusal)
    {
        refusal = default;
        var text = presented.Presigned ? presented.Timestamp : FirstOf(request.Headers["x-amz-date"]);
        var known = AmzDate.TryParse(text, out time);
        if (text.IsEmpty)
        {
            var date = FirstOf(request.Headers.Date);
            known = AmzDate.TryParse(date, out time)
                || DateTimeOffset.TryParseExact(
                    date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
            text = date;
        }

        if (!known)
        {
            return Fail(
                SignatureOutcome.InvalidDate,
                presented,
                text.IsEmpty
                    ? "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
                    : "Date must be in ISO-8601 'basic format', such as 20130524T000000Z. "
                        + $"Got '{text[..Math.Min(text.Length, 64)]}'. See http://en.wikipedia.org/wiki/ISO_8601",
                out refusal);
        }

        Span<char> stamp = stackalloc char[AmzDate.Length];
        AmzDate.Write(time, stamp);
        if (!presented.Date.SequenceEqual(stamp[..8]))
        {
            refusal = Refuse(
                SignatureOutcome.ScopeDateMismatch, presented, stamp.ToString(), presented.Date.ToString(), stamp[..8].ToString());
            return false;
        }

        return true;
    }

    private static ReadOnlySpan<char> FirstOf(StringValues values) => values.Count > 0 ? values[0] : default;

    private bool CheckTime(in PresentedSignature presented, DateTimeOffset time, out SignatureResult refusal)
    {
        refusal = default;
        var now = _clock.GetUtcNow();
        SignatureOutcome outcome;
        if (presented.Presigned && !presented.Expires.IsEmpty)
        {
            if (!int.TryParse(presented.Expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                || seconds < 1 || seconds > MaxPresignedLife.TotalSeconds)
            {
                return Fail(SignatureOutcome.InvalidExpires, presented, presented.Expires, out refusal);
            }

            outcome = now < time - MaxClockSkew ? SignatureOutcome.NotYetValid
                : now >= time + TimeSpan.FromSeconds(seconds) ? SignatureOutcome.PresignedExpired
                : SignatureOutcome.Valid;
        }
        else
        {
            outcome = now > time + MaxClockSkew ? SignatureOutcome.Expired
                : now < time - MaxClockSkew ? SignatureOutcome.NotYetValid
                : SignatureOutcome.Valid;
        }

        if (outcome == SignatureOutcome.Valid)
        {
            return true;
        }

        refusal = new SignatureResult(outcome, new SignatureFailure
        {
            AccessKeyId = presented.AccessKeyId.ToString(),
            Presigned = presented.Presigned,
            RequestTime = time,
            ServerTime = now,
            Detail = presented.Presigned ? presented.Expires.ToString() : null,
        });
        return false;
    }

    private bool TryFindCredential(
        HttpRequest request, ref PresentedSignature presented, out Credential? credential, out SignatureResult refusal)
    {
        refusal = default;
        if (!presented.Presigned)
        {
            presented.Token = FirstOf(request.Headers["x-amz-security-token"]);
        }

        var outcome = _credentials.Find(presented.AccessKeyId, presented.Token, out credential) switch
        {
            CredentialStatus.Found => SignatureOutcome.Valid,
            CredentialStatus.ExpiredToken => SignatureOutcome.ExpiredToken,
            CredentialStatus.InvalidToken => SignatureOutcome.InvalidToken,
            _ => SignatureOutcome.UnknownAccessKey,
        };
        return outcome == SignatureOutcome.Valid || Fail(outcome, presented, null, out refusal);
    }
}
