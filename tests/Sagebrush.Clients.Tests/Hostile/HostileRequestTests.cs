using System.Net;
using System.Net.Sockets;
using System.Text;
using Sagebrush.Services;
using Sagebrush.Wire.Signing;
using Xunit;

namespace Sagebrush.Clients.Tests.Hostile;

/// <summary>
/// Somebody with a key sends every operation what it cannot understand, and somebody without one breaks HTTP itself: each gets an
/// answer that says whose fault it is, and the server goes on. Operations are covered as soon as they are there.
/// </summary>
public sealed class HostileRequestTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static readonly UriCreationOptions Exact = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private static readonly string[] Targets =
    [
        "/", "//", "/..", "/%00", "/%ff", "/%", "/%zz", "/a/../b", "/bucket", "/bucket/", "/bucket/key", "/B_u/", "/.",
        "/bucket/%2e%2e/%2e%2e/etc/passwd", "/bucket/k?partNumber=x&uploadId=y", "/bucket/k?uploadId=../../x&partNumber=1", "/bucket?delete",
        "/bucket?list-type=2&max-keys=-1", "/bucket?list-type=2&max-keys=99999999999999", "/bucket?list-type=2&continuation-token=x",
        "/bucket?prefix=%ff&delimiter=%00&encoding-type=x", "/bucket/k?tagging", "/bucket/k?versionId=x", "/bucket/k?uploads", "/?x-id=PutObject",
        "/endpoints/x/invocations", "/endpoints//invocations", "/endpoints/%2F/invocations", "/?Action=&Version=x", "/?Action=GetCallerIdentity",
    ];

    private static readonly (string Name, string Value)[] Headers =
    [
        ("Range", "bytes=-0"), ("Range", "bytes=5-1"), ("Range", "bytes=99999999999999999999-"), ("Content-MD5", "x"), ("x-amz-copy-source", "%"),
        ("x-amz-copy-source", "/bucket/../../etc/passwd"), ("If-Match", ""), ("If-Modified-Since", "Thu, 99 Foo 2020"), ("x-amz-checksum-crc32", "AA"),
        ("x-amz-sdk-checksum-algorithm", "X"), ("Content-Encoding", "gzip"), ("x-amz-decoded-content-length", "-1"), ("Accept", "x/y;q=z"),
        ("X-Amz-Target", "SageMaker."), ("x-amz-tagging", "a=b&a=%"), ("x-amz-meta-a", "\u00fc\u00a0"), ("Content-Type", "application/cbor"),
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Services() => [.. KnownServices.All.Where(service => !service.Protocols.Contains("rest-xml") && !service.Protocols.Contains("rest-json")).Select(service => service.Name)];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task EveryOperation_HostileBodies_AreTheCallersFault(string name)
    {
        var service = KnownServices.All.Single(service => service.Name == name);
        var query = service.TargetPrefix is null;
        var bodies = query ? HostileBodies.Forms : HostileBodies.Json;
        using var client = NewClient();
        var turn = 0;
        foreach (var operation in service.Operations.Keys)
        {
            for (var i = 0; i < 4; i++)
            {
                var body = bodies[turn++ % bodies.Count];
                using var request = new HttpRequestMessage(HttpMethod.Post, server.Url);
                request.Content = new ByteArrayContent(query ? [.. Encoding.ASCII.GetBytes($"Action={operation}&Version={service.ApiVersion}&"), .. body] : body);
                request.Content.Headers.TryAddWithoutValidation("Content-Type", query ? "application/x-www-form-urlencoded" : $"application/x-amz-json-{service.JsonVersion}");
                if (!query)
                {
                    request.Headers.Add("X-Amz-Target", $"{service.TargetPrefix}.{operation}");
                }

                await AssertAnsweredAsync(client, request, service.SigningName, $"{operation}: {Show(body)}");
            }
        }

        await AssertAliveAsync(client);
    }

    [Theory]
    [InlineData("s3")]
    [InlineData("sagemaker")]
    public async Task RestServices_HostileTargetsHeadersAndBodies_AreTheCallersFault(string signingName)
    {
        var random = new Random(11);
        string[] methods = ["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS", "PROPFIND"];
        var bodies = signingName == "s3" ? HostileBodies.Xml : HostileBodies.Json;
        using var client = NewClient();
        foreach (var target in Targets)
        {
            foreach (var method in methods)
            {
                var body = bodies[random.Next(bodies.Count)];
                using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Url.GetLeftPart(UriPartial.Authority) + target, Exact));
                request.Content = method is "GET" or "HEAD" ? null : new ByteArrayContent(body);
                var (header, value) = Headers[random.Next(Headers.Length)];
                if (!request.Headers.TryAddWithoutValidation(header, value))
                {
                    request.Content?.Headers.TryAddWithoutValidation(header, value);
                }

                await AssertAnsweredAsync(client, request, signingName, $"{method} {target} {header}: {value} {Show(body)}");
            }
        }

        await AssertAliveAsync(client);
    }

    [Theory]
    [InlineData("\0\0\0\0\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET /\u00ff HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: \u00ff\u00fe\r\n\r\n")]
    [InlineData("GET http://x/ HTTP/1.1\r\nHost: y\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n")]
    public async Task Socket_BrokenHttp_IsRefused(string text)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Url.Host, server.Url.Port, Cancelled);
        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text), Cancelled);
        var answer = new byte[16];
        var read = await socket.GetStream().ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, Cancelled);

        if (read > 0)
        {
            Assert.Matches("^HTTP/1.1 (4|501|505)", Encoding.ASCII.GetString(answer, 0, read));
        }
    }

    [Fact]
    public async Task Stranger_WithALargeBody_IsRefusedBeforeItIsRead()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Url.Host, server.Url.Port, Cancelled);
        var head = "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: SageMaker.ListModels\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: 10000000\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Cancelled);
        var answer = new byte[12];
        await socket.GetStream().ReadExactlyAsync(answer, Cancelled);

        Assert.Equal("HTTP/1.1 403", Encoding.ASCII.GetString(answer));
    }

    private static HttpClient NewClient() =>
        new(new SocketsHttpHandler { RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8, AllowAutoRedirect = false });

    private static string Show(byte[] body) => Encoding.Latin1.GetString(body, 0, Math.Min(body.Length, 100));

    private async Task AssertAnsweredAsync(HttpClient client, HttpRequestMessage request, string signingName, string what)
    {
        await new SigV4Signer(server.Root, signingName, "us-east-1", TimeProvider.System).SignAsync(request, Cancelled);
        using var response = await client.SendAsync(request, Cancelled);
        var text = await response.Content.ReadAsStringAsync(Cancelled);

        Assert.True(
            response.StatusCode is < HttpStatusCode.InternalServerError or HttpStatusCode.NotImplemented,
            $"{what} was answered with {(int)response.StatusCode} {text}");
    }

    private async Task AssertAliveAsync(HttpClient client) =>
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(server.Url, "/healthz"), Cancelled)).StatusCode);
}
