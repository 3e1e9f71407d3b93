using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Xunit;

namespace Sagebrush.Clients.Tests.S3;

/// <summary>What becomes of uploads that go wrong.</summary>
public sealed class FaultTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Bucket = "faults";

    [Fact]
    public async Task Put_ClientVanishesInMidBody_OldObjectStaysAndServerGoesOn()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var client = await ClientAsync();
        await client.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "vanish", ContentBody = "old" }, cancelled);
        for (var round = 0; round < 5; round++)
        {
            using var connection = await BeginPutAsync(client, "vanish", 50_000_000, cancelled);
            await connection.GetStream().WriteAsync(new byte[3_000_000], cancelled);
            connection.Client.LingerState = new LingerOption(true, 0);
        }

        using var got = await client.GetObjectAsync(Bucket, "vanish", cancelled);
        Assert.Equal(3, got.ContentLength);
    }

    [Fact]
    public async Task Put_DeclaredSixGigabytes_RefusedBeforeTheBody()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var client = await ClientAsync();
        using var connection = await BeginPutAsync(client, "huge", 6L * 1024 * 1024 * 1024, cancelled);
        using var reader = new StreamReader(connection.GetStream());
        Assert.Equal("HTTP/1.1 400 Bad Request", await reader.ReadLineAsync(cancelled));
        var buffer = new char[4096];
        var text = new StringBuilder();
        while (!text.ToString().Contains("</Error>", StringComparison.Ordinal) && await reader.ReadAsync(buffer, cancelled) is > 0 and var read)
        {
            text.Append(buffer, 0, read);
        }

        Assert.Contains("<Code>EntityTooLarge</Code>", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_TwoWritersOfOneKey_OneOfThemWhole()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var client = await ClientAsync();
        for (var round = 0; round < 10; round++)
        {
            var writers = new[] { (byte)'a', (byte)'b' }.Select(letter =>
            {
                var body = new byte[400_000];
                body.AsSpan().Fill(letter);
                return client.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "raced", InputStream = new MemoryStream(body) }, cancelled);
            });
            await Task.WhenAll(writers);
            using var got = await client.GetObjectAsync(Bucket, "raced", cancelled);
            var copy = new MemoryStream();
            await got.ResponseStream.CopyToAsync(copy, cancelled);
            Assert.Equal(400_000, copy.Length);
            Assert.Single(copy.ToArray().Distinct());
        }
    }

    [Fact]
    public async Task Connections_TwoThousandIdle_OthersAreServed()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var client = await ClientAsync();
        var idle = new List<TcpClient>();
        try
        {
            for (var number = 0; number < 2000; number++)
            {
                idle.Add(new TcpClient());
                await idle[^1].ConnectAsync(IPAddress.Loopback, server.Url.Port, cancelled);
            }

            await client.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "busy", ContentBody = "served" }, cancelled);
            Assert.Equal(6, (await client.GetObjectMetadataAsync(Bucket, "busy", cancelled)).ContentLength);
        }
        finally
        {
            idle.ForEach(connection => connection.Dispose());
        }
    }

    private async Task<TcpClient> BeginPutAsync(AmazonS3Client client, string key, long length, CancellationToken cancellationToken)
    {
        var url = new Uri(await client.GetPreSignedURLAsync(new GetPreSignedUrlRequest
        {
            BucketName = Bucket,
            Key = key,
            Verb = HttpVerb.PUT,
            Protocol = Protocol.HTTP,
            Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5),
        }));
        var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, server.Url.Port, cancellationToken);
        var head = string.Create(
            CultureInfo.InvariantCulture, $"PUT {url.PathAndQuery} HTTP/1.1\r\nHost: {server.Url.Authority}\r\nContent-Length: {length}\r\n\r\n");
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
        return connection;
    }

    private async Task<AmazonS3Client> ClientAsync()
    {
        var client = new AmazonS3Client(
            server.Root.AccessKeyId,
            server.Root.SecretAccessKey,
            new AmazonS3Config { ServiceURL = server.Url.ToString(), ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        await client.PutBucketAsync(Bucket, TestContext.Current.CancellationToken);
        return client;
    }
}
