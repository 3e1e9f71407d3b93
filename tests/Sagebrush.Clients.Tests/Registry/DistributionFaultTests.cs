using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sagebrush.Testing;
using Sagebrush.Wire.Client;
using Xunit;

namespace Sagebrush.Clients.Tests.Registry;

/// <summary>What nobody should send, and clients that go away.</summary>
public sealed class DistributionFaultTests(ServerFixture server) : IClassFixture<ServerFixture>, IAsyncLifetime
{
    private DistributionClient _client = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _client = await DistributionClient.OpenAsync(server, Cancelled);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("GET", "/v2/x", "404 NOT_FOUND")]
    [InlineData("GET", "/v2/UPPER/tags/list", "400 NAME_INVALID")]
    [InlineData("GET", "/v2/../../etc/passwd/tags/list", "400 NAME_INVALID")]
    [InlineData("GET", "/v2/a%2F..%2Fb/tags/list", "400 NAME_INVALID")]
    [InlineData("GET", "/v2/nowhere/tags/list", "404 NAME_UNKNOWN")]
    [InlineData("GET", "/v2/nowhere/blobs/..%2f..%2fcredentials.json", "404 NOT_FOUND")]
    [InlineData("GET", "/v2/nowhere/manifests/-x", "400 TAG_INVALID")]
    [InlineData("GET", "/v2/nowhere/manifests/sha256:..%2F..", "404 NOT_FOUND")]
    [InlineData("GET", "/v2/nowhere/manifests/latest", "404 NAME_UNKNOWN")]
    [InlineData("PUT", "/v2/nowhere/manifests/latest", "404 NAME_UNKNOWN")]
    [InlineData("POST", "/v2/nowhere/blobs/uploads/", "404 NAME_UNKNOWN")]
    [InlineData("PATCH", "/v2/nowhere/blobs/uploads/x", "404 NAME_UNKNOWN")]
    [InlineData("GET", "/v2/nowhere/manifests/sha256:00", "400 DIGEST_INVALID")]
    [InlineData("DELETE", "/v2/_catalog", "405 UNSUPPORTED")]
    [InlineData("GET", "/v2/_catalog?n=-1", "400 PAGINATION_NUMBER_INVALID")]
    public async Task Requests_ThatNameNothing_GetTheProtocolsErrors(string method, string path, string expected)
    {
        // HttpClient would tidy some of these paths up.
        var answer = await RawAsync($"{method} {path} HTTP/1.1\r\nHost: {server.Url.Authority}\r\nAuthorization: {_client.Authorization}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        var code = answer.Split("\"code\":\"")[1].Split('"')[0];
        Assert.Equal(expected, $"{answer.Split(' ')[1]} {code}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"schemaVersion\":2}")]
    [InlineData("{\"schemaVersion\":1,\"name\":\"x\"}")]
    [InlineData("{\"schemaVersion\":2,\"mediaType\":7,\"config\":{},\"layers\":[]}")]
    [InlineData("{\"schemaVersion\":2,\"config\":{\"digest\":\"\\ud800\",\"size\":1},\"layers\":[]}")]
    [InlineData("{\"schemaVersion\":2,\"config\":{\"digest\":\"sha256:../../../../etc/passwd\",\"size\":1},\"layers\":[]}")]
    [InlineData("{\"schemaVersion\":2,\"config\":{\"digest\":\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"size\":-1},\"layers\":[]}")]
    [InlineData("{\"schemaVersion\":99999999999999999999}")]
    public async Task Manifests_ThatAreNone_AreRefused(string manifest)
    {
        await EnsureRepositoryAsync("bad/manifests");

        using var put = await _client.PutManifestAsync("bad/manifests", "x", Encoding.UTF8.GetBytes(manifest), Cancelled);

        Assert.Equal("400 MANIFEST_INVALID", await DistributionClient.ErrorOf(put, Cancelled));
    }

    [Fact]
    public async Task Manifests_TooLarge_AreRefusedBeforeTheyAreRead()
    {
        await EnsureRepositoryAsync("bad/large");
        var large = Encoding.UTF8.GetBytes("{\"schemaVersion\":2,\"x\":\"" + new string('x', 4 * 1024 * 1024) + "\"}");

        using var put = await _client.PutManifestAsync("bad/large", "x", large, Cancelled);

        Assert.Equal("413 MANIFEST_INVALID", await DistributionClient.ErrorOf(put, Cancelled));
    }

    [Theory]
    [InlineData("PATCH", "")]
    [InlineData("POST", "?digest=sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")]
    public async Task Layers_DeclaredTooLarge_AreRefusedBeforeTheyCome(string method, string query)
    {
        await EnsureRepositoryAsync("bad/huge");
        using var begun = await _client.SendAsync(HttpMethod.Post, "/v2/bad/huge/blobs/uploads/", Cancelled);
        var path = method == "PATCH" ? begun.Headers.Location!.ToString() : "/v2/bad/huge/blobs/uploads/" + query;

        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Url.Host, server.Url.Port, Cancelled);
        await socket.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: {server.Url.Authority}\r\nAuthorization: {_client.Authorization}\r\nContent-Length: {60_000L << 20}\r\n\r\n"),
            Cancelled);

        // Nothing of the body is sent: the answer does not wait for it.
        using var reader = new StreamReader(socket.GetStream());
        Assert.Equal("HTTP/1.1 413 Payload Too Large", await reader.ReadLineAsync(Cancelled));
        while (await reader.ReadLineAsync(Cancelled) is { Length: > 0 })
        {
        }

        var body = new char[40];
        await reader.ReadBlockAsync(body, Cancelled);
        Assert.Contains("SIZE_INVALID", new string(body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Manifests_WithoutEnd_AreRefusedInTheMidst()
    {
        await EnsureRepositoryAsync("bad/endless");
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Url.Host, server.Url.Port, Cancelled);
        var stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"PUT /v2/bad/endless/manifests/x HTTP/1.1\r\nHost: {server.Url.Authority}\r\nAuthorization: {_client.Authorization}\r\nTransfer-Encoding: chunked\r\n\r\n"),
            Cancelled);
        var sending = Task.Run(
            async () =>
            {
                var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string('x', 0x10000)}\r\n");
                while (true)
                {
                    await stream.WriteAsync(chunk, Cancelled);
                }
            },
            Cancelled);

        using var reader = new StreamReader(stream, leaveOpen: true);
        Assert.Equal("HTTP/1.1 413 Payload Too Large", await reader.ReadLineAsync(Cancelled));

        // The server hangs up on what still comes.
        await Assert.ThrowsAsync<IOException>(() => sending);
    }

    [Fact]
    public async Task Uploads_ClientGoesAway_KeepWhatCameAndGoOn()
    {
        await EnsureRepositoryAsync("bad/truncated");
        var content = new byte[1024 * 1024];
        new Random(1).NextBytes(content);
        using var begun = await _client.SendAsync(HttpMethod.Post, "/v2/bad/truncated/blobs/uploads/", Cancelled);
        var upload = begun.Headers.Location!.ToString();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(server.Url.Host, server.Url.Port, Cancelled);
            var head = Encoding.ASCII.GetBytes($"PATCH {upload} HTTP/1.1\r\nHost: {server.Url.Authority}\r\nAuthorization: {_client.Authorization}\r\nContent-Length: {content.Length}\r\n\r\n");
            await socket.GetStream().WriteAsync(head, Cancelled);
            await socket.GetStream().WriteAsync(content.AsMemory(0, 600_000), Cancelled);
        }

        // The server has noticed when the upload may be taken up again.
        var length = -1;
        await Eventually.TrueAsync(
            async () =>
            {
                using var asked = await _client.SendAsync(HttpMethod.Get, upload, Cancelled);
                var end = int.Parse(asked.Headers.GetValues("Range").Single().Split('-')[1], CultureInfo.InvariantCulture);
                length = end == 0 ? 0 : end + 1;
                using var rest = await _client.SendAsync(HttpMethod.Patch, upload, Cancelled, DistributionClient.Body(content[length..]), $"{length}-{content.Length - 1}");
                return rest.StatusCode == HttpStatusCode.Accepted;
            },
            Cancelled);
        var digest = DistributionClient.Digest(content);
        using var ended = await _client.SendAsync(HttpMethod.Put, $"{upload}?digest={digest}", Cancelled, DistributionClient.Body([]));

        Assert.InRange(length, 0, 600_000);
        Assert.Equal(HttpStatusCode.Created, ended.StatusCode);
    }

    [Fact]
    public async Task Ping_Anonymous_IsAskedForBasic()
    {
        using var http = new HttpClient { BaseAddress = server.Url };
        using var response = await http.GetAsync("/v2/", Cancelled);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Basic", response.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal("registry/2.0", response.Headers.GetValues("Docker-Distribution-Api-Version").Single());
    }

    [Fact]
    public async Task S3_KeysThatBeginLikeTheRegistry_StayS3s()
    {
        await server.AwsCli("s3api", "create-bucket", "--bucket", "plain").RunAsync();
        await server.AwsCli("s3api", "put-object", "--bucket", "plain", "--key", "v2/x/tags/list").RunAsync();
        using var http = new HttpClient { BaseAddress = server.Url };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/x/tags/list") { Headers = { Host = $"plain.s3.localhost:{server.Url.Port}" } };

        using var response = await http.SendAsync(request, Cancelled);

        // Nobody may read the object, but it is S3 that says so.
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("<Code>AccessDenied</Code>", await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    private async Task EnsureRepositoryAsync(string name)
    {
        try
        {
            await _client.CreateRepositoryAsync(name, Cancelled);
        }
        catch (ApiException exists) when (exists.Code == "RepositoryAlreadyExistsException")
        {
            // An earlier case made it.
        }
    }

    private async Task<string> RawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Url.Host, server.Url.Port, Cancelled);
        await socket.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request), Cancelled);
        using var reader = new StreamReader(socket.GetStream());
        return await reader.ReadToEndAsync(Cancelled);
    }
}
