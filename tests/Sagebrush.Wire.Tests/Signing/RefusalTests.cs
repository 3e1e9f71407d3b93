using System.Text;
using Microsoft.AspNetCore.Http;
using Sagebrush.Testing;
using Sagebrush.Wire.Signing;
using Xunit;

namespace Sagebrush.Wire.Tests.Signing;

/// <summary>Every way a signature can be refused, and the words each protocol has for it.</summary>
public sealed class RefusalTests
{
    private static readonly byte[] Body = "{}"u8.ToArray();

    private readonly ManualTimeProvider _clock = new();
    private readonly Credential _credential = Requests.Example();

    private SigV4Verifier Verifier => new(new SingleCredential(_credential), _clock);

    [Fact]
    public void Verify_SignedByOurSigner_IsValid()
    {
        var result = Verifier.Verify(Signed("sagemaker"), Body);

        Assert.Equal(SignatureOutcome.Valid, result.Outcome);
        Assert.Same(_credential, result.Credential);
    }

    [Fact]
    public void Verify_KnownClientAgain_AllocatesNothing()
    {
        var verifier = Verifier;
        var request = Signed("sagemaker");
        for (var i = 0; i < 100; i++)
        {
            Assert.True(verifier.Verify(request, Body).IsValid);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            verifier.Verify(request, Body);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Verify_NoAuthorization_IsMissing()
    {
        var request = Requests.Make("POST", "/", ("Host", "localhost"));

        AssertRefused(Verifier.Verify(request, Body), SignatureOutcome.Missing, "MissingAuthenticationTokenException", "MissingAuthenticationToken", "AccessDenied");
    }

    [Fact]
    public void Verify_SigV4a_IsUnsupportedAndSaysWhatIs()
    {
        var request = Requests.Make("POST", "/", ("Host", "localhost"), ("Authorization", "AWS4-ECDSA-P256-SHA256 Credential=a/b/c/d, SignedHeaders=host, Signature=00"));

        var result = Verifier.Verify(request, Body);

        AssertRefused(result, SignatureOutcome.UnsupportedAlgorithm, "IncompleteSignatureException", "IncompleteSignature", "InvalidRequest");
        Assert.Contains("AWS4-HMAC-SHA256", SignatureErrors.Describe(result, SignatureErrorStyle.S3).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AWS4-HMAC-SHA256")]
    [InlineData("AWS4-HMAC-SHA256 nonsense")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260115/us-east-1/s3/aws4_request, SignedHeaders=host")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260115/us-east-1/aws4_request, SignedHeaders=host, Signature=00")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260115/us-east-1/s3/aws5_request, SignedHeaders=host, Signature=00")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260115//s3/aws4_request, SignedHeaders=host, Signature=00")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260115/us-east-1/s3/aws4_request, SignedHeaders=Host, Signature=00")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260115/us-east-1/s3/aws4_request, SignedHeaders=host;;x, Signature=00")]
    public void Verify_MalformedAuthorization_IsMalformed(string authorization)
    {
        var request = Requests.Make("POST", "/", ("Host", "localhost"), ("x-amz-date", AmzDate.ToString(_clock.GetUtcNow())), ("Authorization", authorization));

        AssertRefused(Verifier.Verify(request, Body), SignatureOutcome.Malformed, "IncompleteSignatureException", "IncompleteSignature", "AuthorizationHeaderMalformed");
    }

    [Fact]
    public void Verify_UnknownKey_IsRefusedByItsOwnName()
    {
        var stranger = new Credential("AKIASTRANGER00000000", "secret", _credential.Principal);

        AssertRefused(Verifier.Verify(Signed("sagemaker", by: stranger), Body), SignatureOutcome.UnknownAccessKey, "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId");
    }

    [Fact]
    public void Verify_WrongSecret_ShowsTheStringsWeSigned()
    {
        var imposter = new Credential(_credential.AccessKeyId, "guess", _credential.Principal);

        var result = Verifier.Verify(Signed("sagemaker", by: imposter), Body);

        AssertRefused(result, SignatureOutcome.Mismatch, "InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch");
        Assert.Contains("'POST\n/\n", SignatureErrors.Describe(result, SignatureErrorStyle.Json).Message, StringComparison.Ordinal);
        Assert.StartsWith("AWS4-HMAC-SHA256\n", SignatureErrors.Describe(result, SignatureErrorStyle.S3).Details["StringToSign"], StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_ChangedBody_IsAMismatch()
    {
        var request = Signed("sagemaker");
        request.Headers.Remove("x-amz-content-sha256");

        Assert.Equal(SignatureOutcome.Mismatch, Verifier.Verify(request, Encoding.UTF8.GetBytes("{ }")).Outcome);
    }

    [Fact]
    public void Verify_BodyOtherThanItsHashHeader_IsAHashMismatch()
    {
        AssertRefused(Verifier.Verify(Signed("sagemaker"), Encoding.UTF8.GetBytes("{ }")), SignatureOutcome.PayloadHashMismatch, "XAmzContentSHA256Mismatch", "XAmzContentSHA256Mismatch", "XAmzContentSHA256Mismatch");
    }

    [Theory]
    [InlineData(15 * 60, SignatureOutcome.Valid)]
    [InlineData((15 * 60) + 1, SignatureOutcome.Expired)]
    public void Verify_OldSignature_ExpiresAfterFifteenMinutes(int ageInSeconds, SignatureOutcome expected)
    {
        var request = Signed("sagemaker");
        _clock.Advance(TimeSpan.FromSeconds(ageInSeconds));

        var result = Verifier.Verify(request, Body);

        Assert.Equal(expected, result.Outcome);
        if (!result.IsValid)
        {
            AssertRefused(result, SignatureOutcome.Expired, "InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed");
            Assert.Equal(
                "Signature expired: 20260115T120000Z is now earlier than 20260115T120001Z (20260115T121501Z - 15 min.)",
                SignatureErrors.Describe(result, SignatureErrorStyle.Json).Message);
        }
    }

    [Fact]
    public void Verify_SignatureFromTheFuture_IsNotYetValid()
    {
        var request = Signed("sagemaker", clock: new ManualTimeProvider(_clock.GetUtcNow().AddMinutes(16)));

        AssertRefused(Verifier.Verify(request, Body), SignatureOutcome.NotYetValid, "InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed");
    }

    [Fact]
    public void Verify_ScopeOfAnotherDay_IsRefused()
    {
        var request = Signed("sagemaker");
        request.Headers["x-amz-date"] = "20260114T235959Z";

        AssertRefused(Verifier.Verify(request, Body), SignatureOutcome.ScopeDateMismatch, "InvalidSignatureException", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed");
    }

    [Fact]
    public void Verify_ScopeOfAnotherRegionOrService_IsRefused()
    {
        var region = Verifier.Verify(Signed("s3"), Body, new ScopeExpectation("s3", "eu-west-1"));
        var service = Verifier.Verify(Signed("s3"), Body, new ScopeExpectation("sagemaker", null));

        AssertRefused(region, SignatureOutcome.ScopeRegionMismatch, "InvalidSignatureException", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed");
        Assert.Equal("The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'", SignatureErrors.Describe(region, SignatureErrorStyle.S3).Message);
        Assert.Equal(SignatureOutcome.ScopeServiceMismatch, service.Outcome);
        Assert.Equal(SignatureOutcome.Valid, Verifier.Verify(Signed("s3"), Body, new ScopeExpectation("s3", "us-east-1")).Outcome);
    }

    [Theory]
    [InlineData("sagemaker", "X-Amz-Target", SignatureOutcome.UnsignedHeader)]
    [InlineData("sagemaker", "X-Amz-Security-Token", SignatureOutcome.InvalidToken)]
    [InlineData("sagemaker", "X-Amz-Meta-Note", SignatureOutcome.Valid)]
    [InlineData("s3", "X-Amz-Acl", SignatureOutcome.UnsignedHeader)]
    [InlineData("s3", "Cache-Control", SignatureOutcome.Valid)]
    public void Verify_HeaderAddedAfterSigning_IsRefusedWhereItMatters(string service, string header, SignatureOutcome expected)
    {
        var request = Signed(service);
        request.Headers[header] = "added";

        Assert.Equal(expected, Verifier.Verify(request, Body).Outcome);
    }

    [Fact]
    public void Verify_HeaderAndQuery_AreTooMuch()
    {
        var request = Signed("s3", target: "/bucket?X-Amz-Algorithm=AWS4-HMAC-SHA256");

        AssertRefused(Verifier.Verify(request, Body), SignatureOutcome.SeveralMechanisms, "IncompleteSignatureException", "IncompleteSignature", "InvalidArgument");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("604801")]
    [InlineData("-5")]
    [InlineData("soon")]
    [InlineData("99999999999999999999")]
    public void VerifyHead_PresignedWithOddExpiry_IsRefused(string expires)
    {
        var signer = new SigV4Signer(_credential, "s3", "us-east-1", _clock);
        var target = signer.Presign(HttpMethod.Get, new Uri("http://localhost/b/k"), TimeSpan.FromMinutes(1)).PathAndQuery
            .Replace("X-Amz-Expires=60", $"X-Amz-Expires={expires}", StringComparison.Ordinal);

        var result = Verifier.VerifyHead(Requests.Make("GET", target, ("Host", "localhost")));

        AssertRefused(result, SignatureOutcome.InvalidExpires, "IncompleteSignatureException", "IncompleteSignature", "AuthorizationQueryParametersError");
    }

    [Fact]
    public void VerifyHead_PresignedByOurSigner_IsValidForOddKeys()
    {
        var signer = new SigV4Signer(_credential, "s3", "us-east-1", _clock);
        var exact = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        foreach (var key in new[] { "a", "a//b", "a/../b", "%20", "%E4%BD%A0", "$(x)", "a%2Fb", "a+b" })
        {
            var uri = signer.Presign(HttpMethod.Put, new Uri($"http://localhost/bucket/{key}?partNumber=1&uploadId=x%2By", exact), TimeSpan.FromHours(1));

            var result = Verifier.VerifyHead(Requests.Make("PUT", uri.OriginalString["http://localhost".Length..], ("Host", "localhost")));

            Assert.True(result.IsValid, key);
        }
    }

    [Fact]
    public void VerifyHead_S3WithoutPayloadHash_AsksForIt()
    {
        var request = Signed("s3");
        request.Headers.Remove("x-amz-content-sha256");

        AssertRefused(Verifier.VerifyHead(request), SignatureOutcome.MissingPayloadHash, "InvalidRequest", "InvalidRequest", "InvalidRequest");
    }

    [Fact]
    public void VerifyHead_ChunksWithoutDecodedLength_AskForIt()
    {
        var request = Signed("s3", payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");

        AssertRefused(Verifier.VerifyHead(request), SignatureOutcome.InvalidDecodedLength, "MissingContentLength", "MissingContentLength", "MissingContentLength");
    }

    [Fact]
    public async Task OpenBody_OtherThanItsHash_ThrowsAtTheEnd()
    {
        var request = Signed("s3").WithBody("{ }"u8.ToArray());
        var result = Verifier.VerifyHead(request);

        var body = SigV4Verifier.OpenBody(request, result);

        var thrown = await Assert.ThrowsAsync<PayloadException>(() => Requests.ReadTextAsync(body, TestContext.Current.CancellationToken));
        Assert.Equal("XAmzContentSHA256Mismatch", thrown.Code);
    }

    [Fact]
    public void Describe_ValidResult_IsAProgrammersMistake()
    {
        var result = Verifier.Verify(Signed("sagemaker"), Body);

        Assert.Throws<ArgumentException>(() => SignatureErrors.Describe(result, SignatureErrorStyle.Json));
    }

    [Fact]
    public void OpenBody_RefusedResult_IsAProgrammersMistake() =>
        Assert.Throws<InvalidOperationException>(() => SigV4Verifier.OpenBody(Requests.Make("GET", "/"), default));

    private static void AssertRefused(SignatureResult result, SignatureOutcome outcome, string json, string query, string s3)
    {
        Assert.Equal(outcome, result.Outcome);
        Assert.False(result.IsValid);
        Assert.Null(result.Principal);
        Assert.Equal(json, SignatureErrors.Describe(result, SignatureErrorStyle.Json).Code);
        Assert.Equal(json, SignatureErrors.Describe(result, SignatureErrorStyle.RestJson).Code);
        Assert.Equal(query, SignatureErrors.Describe(result, SignatureErrorStyle.Query).Code);
        Assert.Equal(s3, SignatureErrors.Describe(result, SignatureErrorStyle.S3).Code);
    }

    private HttpRequest Signed(
        string service, Credential? by = null, TimeProvider? clock = null, string target = "/", string? payloadHash = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"http://localhost{target}") { Content = new ByteArrayContent(Body) };
        new SigV4Signer(by ?? _credential, service, "us-east-1", clock ?? _clock)
            .Sign(message, payloadHash ?? Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Body)));
        return Requests.From(message);
    }
}
