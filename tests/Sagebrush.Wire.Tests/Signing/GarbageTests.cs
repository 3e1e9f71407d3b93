using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sagebrush.Testing;
using Sagebrush.Wire.Signing;
using Xunit;

namespace Sagebrush.Wire.Tests.Signing;

/// <summary>Whatever a stranger sends is refused by a result, never by an exception, and never accepted.</summary>
public sealed class GarbageTests
{
    private static readonly string[] Pieces =
    [
        "AWS4-HMAC-SHA256", " ", ",", "=", ";", "/", "Credential=", "SignedHeaders=", "Signature=", "AKIAIOSFODNN7EXAMPLE",
        "AKIAIOSFODNN7EXAMPLE/20260115/us-east-1/s3/aws4_request", "20260115", "aws4_request", "host", "host;x-amz-date", new string('0', 64),
        "%", "%2F", "%zz", "&", "?", "X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Credential=", "X-Amz-Date=", "20260115T120000Z",
        "X-Amz-Expires=", "60", "X-Amz-SignedHeaders=", "X-Amz-Signature=", "X-Amz-Security-Token=", "..", "//", "\u00e9", "\ud83e\udd99", "\t", "\0",
        "http://", "\ud83e", "+",
    ];

    private static readonly Arbitrary<string> Garbage = Gen.Choose(0, 16)
        .SelectMany(count => Gen.Elements(Pieces).ArrayOf(count))
        .Select(parts => string.Concat(parts))
        .ToArbitrary();

    private static SigV4Verifier Verifier => new(new SingleCredential(Requests.Example()), new ManualTimeProvider());

    [Fact]
    public void Verify_RandomAuthorization_IsRefused() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Garbage, text => Refuses("/", text) && Refuses("/", $"AWS4-HMAC-SHA256 {text}")
            && Refuses("/", $"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260115/us-east-1/s3/aws4_request, SignedHeaders=host, Signature={text}")
            && Refuses("/", $"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260115/{text}/aws4_request, SignedHeaders=host, Signature={new string('0', 64)}")));

    [Fact]
    public void Verify_RandomTarget_IsRefused() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(Garbage, text => Refuses(text, null) && Refuses($"/{text}", null) && Refuses($"/?X-Amz-Algorithm=AWS4-HMAC-SHA256&{text}", null)
            && Refuses($"/{text}", $"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260115/us-east-1/sts/aws4_request, SignedHeaders=host, Signature={new string('0', 64)}")
            && Refuses($"/{text}", $"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260115/us-east-1/s3/aws4_request, SignedHeaders=host, Signature={new string('0', 64)}")));

    [Fact]
    public void Verify_ThousandsOfQueryParametersAndHeaders_IsRefused()
    {
        var query = new StringBuilder("/?");
        for (var i = 8000; i > 0; i--)
        {
            query.Append(i).Append("=&");
        }

        Assert.True(Refuses(query.ToString(), $"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260115/us-east-1/s3/aws4_request, SignedHeaders={string.Join(';', Enumerable.Repeat("host", 4000))}, Signature={new string('0', 64)}"));
    }

    private static bool Refuses(string target, string? authorization)
    {
        var request = Requests.Make("GET", target, ("Host", "localhost"), ("x-amz-date", "20260115T120000Z"), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"));
        if (authorization is not null)
        {
            request.Headers.Authorization = authorization;
        }

        var result = Verifier.Verify(request, ReadOnlyMemory<byte>.Empty);
        foreach (var style in Enum.GetValues<SignatureErrorStyle>())
        {
            var error = SignatureErrors.Describe(result, style);
            Assert.InRange(error.StatusCode, 400, 411);
            Assert.NotEmpty(error.Message);
        }

        return !result.IsValid;
    }
}
