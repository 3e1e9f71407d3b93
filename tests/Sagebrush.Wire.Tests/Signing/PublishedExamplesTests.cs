using System.Text;
using Sagebrush.Testing;
using Sagebrush.Wire.Signing;
using Xunit;

namespace Sagebrush.Wire.Tests.Signing;

/// <summary>The worked examples of "Authenticating Requests (AWS Signature Version 4)" in S3's API reference.</summary>
public sealed class PublishedExamplesTests
{
    private const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private const string Host = "examplebucket.s3.amazonaws.com";
    private const string Credential = "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";

    private static SigV4Verifier Verifier => new(new SingleCredential(Requests.Example()), new ManualTimeProvider(Requests.ExampleTime));

    [Fact]
    public void VerifyHead_GetObjectExample_IsValid()
    {
        var request = Requests.Make(
            "GET",
            "/test.txt",
            ("Host", Host),
            ("Range", "bytes=0-9"),
            ("x-amz-content-sha256", EmptyHash),
            ("x-amz-date", "20130524T000000Z"),
            ("Authorization", $"AWS4-HMAC-SHA256 {Credential},SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));

        var result = Verifier.VerifyHead(request);

        Assert.Equal(SignatureOutcome.Valid, result.Outcome);
        Assert.Equal("s3", result.Service);
        Assert.Equal("us-east-1", result.Region);
        Assert.Equal("123456789012", result.Principal!.AccountId);
    }

    [Theory]
    [InlineData("/test$file.text")]
    [InlineData("/test%24file.text")]
    public async Task VerifyHead_PutObjectExample_IsValidAndItsBodyIsChecked(string target)
    {
        var request = Requests.Make(
            "PUT",
            target,
            ("Host", Host),
            ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"),
            ("x-amz-date", "20130524T000000Z"),
            ("Authorization", $"AWS4-HMAC-SHA256 {Credential},SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"))
            .WithBody(Encoding.UTF8.GetBytes("Welcome to Amazon S3."));

        var result = Verifier.VerifyHead(request);

        Assert.Equal(SignatureOutcome.Valid, result.Outcome);
        Assert.Equal(PayloadMode.SignedHash, result.PayloadMode);
        var body = SigV4Verifier.OpenBody(request, result);
        Assert.Equal("Welcome to Amazon S3.", await Requests.ReadTextAsync(body, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/?lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("/?max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    [InlineData("/?prefix=J&max-keys=2", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void VerifyHead_QueryExamples_AreValid(string target, string signature)
    {
        var request = Requests.Make(
            "GET",
            target,
            ("Host", Host),
            ("x-amz-content-sha256", EmptyHash),
            ("x-amz-date", "20130524T000000Z"),
            ("Authorization", $"AWS4-HMAC-SHA256 {Credential}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={signature}"));

        Assert.Equal(SignatureOutcome.Valid, Verifier.VerifyHead(request).Outcome);
    }

    [Fact]
    public void VerifyHead_PresignedExample_IsValidForADay()
    {
        const string Target = "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
        var clock = new ManualTimeProvider(Requests.ExampleTime);
        var verifier = new SigV4Verifier(new SingleCredential(Requests.Example()), clock);
        var request = Requests.Make("GET", Target, ("Host", Host));

        clock.Advance(TimeSpan.FromSeconds(86399));
        var lastSecond = verifier.VerifyHead(request);
        clock.Advance(TimeSpan.FromSeconds(1));
        var tooLate = verifier.VerifyHead(request);

        Assert.Equal(SignatureOutcome.Valid, lastSecond.Outcome);
        Assert.True(lastSecond.IsPresigned);
        Assert.Equal(PayloadMode.Unsigned, lastSecond.PayloadMode);
        Assert.Equal(SignatureOutcome.PresignedExpired, tooLate.Outcome);
    }

    [Fact]
    public async Task OpenBody_ChunkedUploadExample_GivesTheObject()
    {
        var request = Requests.Make(
            "PUT",
            "/examplebucket/chunkObject.txt",
            ("Host", "s3.amazonaws.com"),
            ("x-amz-date", "20130524T000000Z"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("Content-Encoding", "aws-chunked"),
            ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
            ("x-amz-decoded-content-length", "66560"),
            ("Content-Length", "66824"),
            ("Authorization", $"AWS4-HMAC-SHA256 {Credential},SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"));
        var body = Encoding.ASCII.GetBytes(
            "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" + new string('a', 65536)
            + "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" + new string('a', 1024)
            + "\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n");

        var result = Verifier.VerifyHead(request);

        Assert.Equal(SignatureOutcome.Valid, result.Outcome);
        Assert.Equal(66824, body.Length);
        var text = await Requests.ReadTextAsync(
            SigV4Verifier.OpenBody(request.WithBody(body), result), TestContext.Current.CancellationToken);
        Assert.Equal(new string('a', 66560), text);
    }

    [Fact]
    public async Task OpenBody_TrailerExample_GivesTheObjectAndItsChecksum()
    {
        var request = Requests.Make(
            "PUT",
            "/examplebucket/chunkObject.txt",
            ("Host", "s3.amazonaws.com"),
            ("x-amz-date", "20130524T000000Z"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("Content-Encoding", "aws-chunked"),
            ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"),
            ("x-amz-decoded-content-length", "66560"),
            ("x-amz-trailer", "x-amz-checksum-crc32c"),
            ("Authorization", $"AWS4-HMAC-SHA256 {Credential},SignedHeaders=content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer,Signature=106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"));
        var body = Encoding.ASCII.GetBytes(
            "10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n" + new string('a', 65536)
            + "\r\n400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n" + new string('a', 1024)
            + "\r\n0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"
            + "x-amz-checksum-crc32c:sOO8/Q==\n\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n");

        var result = Verifier.VerifyHead(request);

        Assert.Equal(SignatureOutcome.Valid, result.Outcome);
        var stream = Assert.IsType<AwsChunkedStream>(SigV4Verifier.OpenBody(request.WithBody(body), result));
        Assert.Equal(new string('a', 66560), await Requests.ReadTextAsync(stream, TestContext.Current.CancellationToken));
        Assert.Equal("sOO8/Q==", stream.Trailers["x-amz-checksum-crc32c"]);
    }

    [Fact]
    public void Presign_Example_IsThePublishedAddress()
    {
        var signer = new SigV4Signer(Requests.Example(), "s3", "us-east-1", new ManualTimeProvider(Requests.ExampleTime));

        var uri = signer.Presign(HttpMethod.Get, new Uri($"https://{Host}/test.txt"), TimeSpan.FromDays(1));

        Assert.EndsWith("&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404", uri.OriginalString, StringComparison.Ordinal);
    }
}
