using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sagebrush.Wire.Client;
using Sagebrush.Wire.Signing;
using Xunit;

namespace Sagebrush.Clients.Tests.Hostile;

/// <summary>
/// Requests that were signed well and spoilt afterwards, in each of the four ways S3 takes signatures: what is no longer right is
/// refused with one of S3's own errors for it and writes nothing, and nothing is ever the server's fault.
/// </summary>
public sealed partial class SignatureFuzzTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const int Rounds = 250;

    private static readonly string[] SignatureErrors =
    [
        "AccessDenied", "AuthorizationHeaderMalformed", "AuthorizationQueryParametersError", "SignatureDoesNotMatch", "InvalidAccessKeyId",
        "InvalidArgument", "InvalidRequest", "InvalidToken", "RequestTimeTooSkewed", "XAmzContentSHA256Mismatch", "InvalidURI",

        // All services are behind one address: a scope that names none of them is not even S3's to refuse.
        "UnknownService",
    ];

    private static readonly string[] ChunkErrors =
    [
        "SignatureDoesNotMatch", "IncompleteBody", "InvalidRequest", "MalformedTrailerError", "BadDigest", "MissingContentLength", "InvalidArgument",
    ];

    private static readonly string[] FormErrors =
    [
        "AccessDenied", "SignatureDoesNotMatch", "InvalidPolicyDocument", "InvalidArgument", "InvalidAccessKeyId", "InvalidToken", "MalformedPOSTRequest",
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Header_Spoilt_IsRefusedInS3sWords()
    {
        var bucket = await MakeBucketAsync("header");
        using var client = NewClient();
        for (var round = 0; round < Rounds; round++)
        {
            var mutation = new TextMutation(round);
            using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(server.Url, $"/{bucket}/key")) { Content = new ByteArrayContent("spoilt"u8.ToArray()) };
            await Signer.SignAsync(request, Cancelled);
            string[] headers = ["Authorization", "Authorization", "Authorization", "x-amz-date", "x-amz-content-sha256"];
            var name = headers[mutation.Next(headers.Length)];
            var right = request.Headers.GetValues(name).Single();
            var wrong = mutation.Spoil(right);
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, wrong);

            await AssertRefusedAsync(client, request, SignatureErrors, $"{name}: {wrong}", isHarmless: SameParts(right, wrong));
        }

        await AssertNothingWrittenAsync(bucket);
    }

    [Fact]
    public async Task Query_Spoilt_IsRefusedInS3sWords()
    {
        var bucket = await MakeBucketAsync("query");
        using var client = NewClient();
        var right = Signer.Presign(HttpMethod.Put, new Uri(server.Url, $"/{bucket}/key?x-id=PutObject"), TimeSpan.FromMinutes(10));
        for (var round = 0; round < Rounds; round++)
        {
            var query = new TextMutation(round).Spoil(right.Query[1..]);
            var address = $"{right.GetLeftPart(UriPartial.Path)}?{query.Replace('é', 'e').Replace('\t', '+').Replace(' ', '+').Replace("\"", "%22", StringComparison.Ordinal)}";
            using var request = new HttpRequestMessage(
                HttpMethod.Put, new Uri(address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
            {
                Content = new ByteArrayContent("spoilt"u8.ToArray()),
            };

            // An empty pair between two ampersands says nothing, to S3 either.
            await AssertRefusedAsync(client, request, SignatureErrors, address, isHarmless: SameParts(right.Query[1..], query));
        }

        await AssertNothingWrittenAsync(bucket);
    }

    [Fact]
    public async Task SignedChunks_Spoilt_AreRefusedInS3sWords()
    {
        var bucket = await MakeBucketAsync("chunks");
        var address = new Uri(server.Url, $"/{bucket}/key");
        var content = "forty bytes, four chunks of ten each, ok"u8.ToArray();
        using var client = NewClient();
        using (var intact = await client.SendAsync(new ChunkedUpload(server.Root, content).Make(address), Cancelled))
        {
            Assert.Equal(HttpStatusCode.OK, intact.StatusCode);
        }

        await SendAsync(HttpMethod.Delete, $"/{bucket}/key");
        foreach (var (upload, what) in Spoilt(content))
        {
            using var request = upload.Make(address);
            await AssertRefusedAsync(client, request, ChunkErrors, what, isHarmless: false);
        }

        for (var round = 0; round < Rounds; round++)
        {
            var sent = "";
            var mutation = new TextMutation(round);
            var upload = new ChunkedUpload(server.Root, content)
            {
                // Behind the trailer's signature come two empty lines that need not be there.
                Spoil = body => sent = mutation.Spoil(body[..^4].Replace("\u00e9", "e", StringComparison.Ordinal)) + "\r\n\r\n",
            };
            using var request = upload.Make(address);
            await AssertRefusedAsync(client, request, ChunkErrors, sent, isHarmless: SameChunks(sent, content));
        }

        await AssertNothingWrittenAsync(bucket);
    }

    [Fact]
    public async Task Form_Spoilt_IsRefusedInS3sWords()
    {
        var bucket = await MakeBucketAsync("forms");
        using var client = NewClient();
        for (var round = 0; round < Rounds; round++)
        {
            var mutation = new TextMutation(round);
            var fields = SignedForm(bucket);
            string[] names = ["policy", "policy", "x-amz-credential", "x-amz-algorithm", "x-amz-date", "x-amz-signature", "key"];
            var name = names[mutation.Next(names.Length)];
            fields[name] = mutation.Spoil(fields[name]);
            using var form = new MultipartFormDataContent();
            foreach (var (field, value) in fields)
            {
                form.Add(new StringContent(value), $"\"{field}\"");
            }

            form.Add(new ByteArrayContent("spoilt"u8.ToArray()), "\"file\"", "\"f.txt\"");
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Url, $"/{bucket}")) { Content = form };
            await AssertRefusedAsync(client, request, FormErrors, $"{name}: {fields[name]}", isHarmless: false);
        }

        await AssertNothingWrittenAsync(bucket);
    }

    private SigV4Signer Signer => new(server.Root, "s3", "us-east-1", TimeProvider.System);

    private static HttpClient NewClient() =>
        new(new SocketsHttpHandler { RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8, AllowAutoRedirect = false, UseProxy = false });

    private static IEnumerable<(ChunkedUpload Upload, string What)> SpoiltBy(Credential key, byte[] content)
    {
        ChunkedUpload With(Func<string, string> spoil) => new(key, content) { Spoil = spoil };

        yield return (With(body => body[..(body.Length / 2)]), "half of the body");
        yield return (With(_ => ""), "no body");
        yield return (With(body => ChunkSignature().Replace(body, $"chunk-signature={new string('0', 64)}", 1)), "a signature of zeros");
        yield return (With(body => ChunkSignature().Replace(body, "chunk-signature=", 1)), "an empty signature");
        yield return (With(body => ChunkSignature().Replace(body, "", 1)), "no signature");
        yield return (With(body => "-" + body), "a negative size");
        yield return (With(body => "ffffffffffffffff" + body), "a huge size");
        yield return (With(body => "zz" + body), "a size that is none");
        yield return (With(body => body.Replace("x-amz-checksum-sha256:", "x-amz-checksum-crc32:", StringComparison.Ordinal)), "another trailer");
        yield return (With(body => body.Replace("x-amz-trailer-signature:", "x-amz-trailer-signature:0", StringComparison.Ordinal)), "a trailer's signature too long");
        yield return (With(body => body[..body.IndexOf("x-amz-checksum", StringComparison.Ordinal)] + "\r\n"), "no trailer");
        yield return (With(body => body[..body.IndexOf("x-amz-trailer", StringComparison.Ordinal)] + "\r\n"), "an unsigned trailer");
        yield return (new(key, content) { Trailer = "x-amz-checksum-sha256:" + Convert.ToBase64String(new byte[32]) }, "a signed trailer with another checksum");
        yield return (new(key, content) { Trailer = "x-amz-checksum-sha256:nonsense" }, "a signed trailer that is no checksum");
        foreach (var length in (string[])["", "0", "39", "41", "-1", "x", "99999999999999999999"])
        {
            yield return (new(key, content) { DecodedLength = length }, $"a length of '{length}'");
        }
    }

    private IEnumerable<(ChunkedUpload Upload, string What)> Spoilt(byte[] content) => SpoiltBy(server.Root, content);

    /// <summary>Whether two lists of parameters differ in white space and empty entries alone.</summary>
    private static bool SameParts(string right, string wrong)
    {
        static string Normal(string text) =>
            string.Join(',', text.Split([',', '&'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(part => part.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)));

        return Normal(right) == Normal(wrong);
    }

    /// <summary>Whether the content and every signature over it are still there: sizes may have leading zeros, say.</summary>
    private static bool SameChunks(string body, byte[] content) =>
        ChunkSignature().Count(body) == 5 && body.Contains("x-amz-trailer-signature:", StringComparison.Ordinal) && content.Chunk(10).All(chunk => body.Contains("\r\n" + Encoding.Latin1.GetString(chunk) + "\r\n", StringComparison.Ordinal));

    [GeneratedRegex("chunk-signature=[0-9a-f]{64}(?=\r\n)")]
    private static partial Regex ChunkSignature();

    [GeneratedRegex("<Code>([A-Za-z0-9]+)</Code>")]
    private static partial Regex Code();

    private Dictionary<string, string> SignedForm(string bucket)
    {
        var now = TimeProvider.System.GetUtcNow();
        var date = now.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var credential = $"{server.Root.AccessKeyId}/{date}/us-east-1/s3/aws4_request";
        var time = now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var policy = Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new
        {
            expiration = now.AddMinutes(10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            conditions = new object[]
            {
                new { bucket },
                new { key = "key" },
                new Dictionary<string, string> { ["x-amz-credential"] = credential },
                new Dictionary<string, string> { ["x-amz-algorithm"] = "AWS4-HMAC-SHA256" },
                new Dictionary<string, string> { ["x-amz-date"] = time },
            },
        }));
        return new()
        {
            ["key"] = "key",
            ["policy"] = policy,
            ["x-amz-credential"] = credential,
            ["x-amz-algorithm"] = "AWS4-HMAC-SHA256",
            ["x-amz-date"] = time,
            ["x-amz-signature"] = Convert.ToHexStringLower(PolicySignature.Compute(server.Root, date, "us-east-1", "s3", policy)),
        };
    }

    private async Task<string> MakeBucketAsync(string name)
    {
        await SendAsync(HttpMethod.Put, $"/spoilt-{name}");
        return $"spoilt-{name}";
    }

    private async Task<string> SendAsync(HttpMethod method, string path)
    {
        using var client = new ApiClient(server.Url, server.Root, "us-east-1", TimeProvider.System);
        return Encoding.UTF8.GetString(await client.SendAsync("s3", method, path, [], null, Cancelled));
    }

    private async Task AssertRefusedAsync(HttpClient client, HttpRequestMessage request, string[] errors, string what, bool isHarmless)
    {
        using var response = await client.SendAsync(request, Cancelled);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        if (isHarmless && response.IsSuccessStatusCode)
        {
            await SendAsync(HttpMethod.Delete, request.RequestUri!.AbsolutePath);
            return;
        }

        // Kestrel itself refuses what is no HTTP, and says no more than that.
        var code = Code().Match(text).Groups[1].Value;
        Assert.True(
            (int)response.StatusCode is >= 400 and < 500 && (errors.Contains(code) || (text.Length == 0 && response.StatusCode == HttpStatusCode.BadRequest)),
            $"{what} was answered with {(int)response.StatusCode} {text}");
    }

    private async Task AssertNothingWrittenAsync(string bucket) =>
        Assert.DoesNotContain("<Contents>", await SendAsync(HttpMethod.Get, $"/{bucket}?list-type=2"), StringComparison.Ordinal);
}
