using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Sagebrush.Server;
using Sagebrush.Services.S3.External;
using Sagebrush.State.Sqlite;
using Sagebrush.Testing;
using Sagebrush.Wire.Signing;
using Xunit;

namespace Sagebrush.Clients.Tests.S3;

/// <summary>A server whose objects' bytes are in a bucket of another server.</summary>
public sealed class ExternalStoreTests(ServerFixture keeper) : IClassFixture<ServerFixture>
{
    [Fact]
    public Task Objects_BytesInAnotherServersBucket_EverythingWorksAndNothingIsLeftBehind() => KeepAsync(keeper.Url, keeper.Root);

    [Fact]
    public async Task Objects_BytesInMotosBucket_EverythingWorksAndNothingIsLeftBehind()
    {
        var port = FreePort.Next();
        using var moto = TryStart("moto_server", "-p", port.ToString(CultureInfo.InvariantCulture));
        Assert.SkipWhen(moto is null, "moto_server is not here.");
        await KeepAsync(moto, port, "moto-api/", keeper.Root, mustStart: false);
    }

    [Fact]
    public async Task Objects_BytesInSwiftsBucket_EverythingWorksAndNothingIsLeftBehind()
    {
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/swift"), "Debian's python3-swift is not here.");
        using var folder = new TemporaryFolder();
        var port = FreePort.Next();
        var key = new Credential("test:tester", "testing", keeper.Root.Principal);

        // Debian's own Python has Debian's own Swift.
        using var swift = TryStart(
            "/usr/bin/python3",
            Path.Combine(AppContext.BaseDirectory, "S3", "swift_server.py"),
            port.ToString(CultureInfo.InvariantCulture),
            folder["swift"],
            "tester",
            key.SecretAccessKey);
        Assert.NotNull(swift);
        await KeepAsync(swift, port, "healthcheck", key, mustStart: true);
    }

    /// <summary>Keeps bytes in a server that was just started, once it answers, and ends it.</summary>
    private static async Task KeepAsync(Process server, int port, string health, Credential credential, bool mustStart)
    {
        try
        {
            var errors = server.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            _ = server.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var url = new Uri($"http://127.0.0.1:{port}/");
            using var http = new HttpClient();
            await Eventually.TrueAsync(
                async () =>
                {
                    if (server.HasExited)
                    {
                        Assert.SkipUnless(mustStart, "It does not start here.");
                        Assert.Fail($"It does not start: {await errors}");
                    }

                    try
                    {
                        return (await http.GetAsync(new Uri(url, health), TestContext.Current.CancellationToken)).IsSuccessStatusCode;
                    }
                    catch (HttpRequestException)
                    {
                        return false;
                    }
                },
                TestContext.Current.CancellationToken);
            await KeepAsync(url, credential);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    private static async Task KeepAsync(Uri url, Credential credential)
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        using var there = ClientOf(url, credential);
        await there.PutBucketAsync("kept-bytes", cancelled);
        var options = new ServerOptions { DataDirectory = folder["data"], Port = 0, ObjectStore = PlaceOf(url, credential, "kept-bytes") };
        var body = Bytes(300_000);
        await using (var server = await SagebrushServer.StartAsync(options, static _ => { }, cancelled))
        {
            using var client = ClientOf(server.Url, CredentialsStore.TryReadRoot(folder["data"])!);
            await client.PutBucketAsync("mine", cancelled);
            await client.PutObjectAsync(new PutObjectRequest { BucketName = "mine", Key = "../small", ContentBody = "small" }, cancelled);
            await client.PutObjectAsync(new PutObjectRequest { BucketName = "mine", Key = "large", InputStream = new MemoryStream(body) }, cancelled);
            await client.CopyObjectAsync("mine", "large", "mine", "copy", cancelled);
            await client.DeleteObjectAsync("mine", "large", cancelled);
            using var transfer = new TransferUtility(client);
            await transfer.UploadAsync(new MemoryStream(Bytes(20_000_000)), "mine", "parts", cancelled);
        }

        // It all survives a restart, for the index is here and the bytes are there.
        await using (var server = await SagebrushServer.StartAsync(options, static _ => { }, cancelled))
        {
            using var client = ClientOf(server.Url, CredentialsStore.TryReadRoot(folder["data"])!);
            Assert.Equal("small"u8.ToArray(), await GetAsync(client, "../small", null));
            Assert.Equal(body, await GetAsync(client, "copy", null));
            Assert.Equal(body[1000..2001], await GetAsync(client, "copy", new ByteRange(1000, 2000)));
            Assert.Equal(Bytes(20_000_000), await GetAsync(client, "parts", null));
            Assert.DoesNotContain(Directory.EnumerateFiles(folder["data", "objects"], "*", SearchOption.AllDirectories), path => Path.GetFileName(path) != ".place");
            foreach (var key in (string[])["copy", "parts", "../small"])
            {
                await client.DeleteObjectAsync("mine", key, cancelled);
            }

            await Eventually.TrueAsync(
                async () => (await there.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "kept-bytes" }, cancelled)).S3Objects is null or { Count: 0 }, cancelled);
        }
    }

    [Fact]
    public async Task Start_BytesAreElsewhere_Refused()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        var options = new ServerOptions { DataDirectory = folder["data"], Port = 0 };
        await using (var server = await SagebrushServer.StartAsync(options, static _ => { }, cancelled))
        {
            using var client = ClientOf(server.Url, CredentialsStore.TryReadRoot(folder["data"])!);
            await client.PutBucketAsync("mine", cancelled);
            await client.PutObjectAsync(new PutObjectRequest { BucketName = "mine", Key = "large", InputStream = new MemoryStream(Bytes(100_000)) }, cancelled);
        }

        var refusal = await Assert.ThrowsAsync<DatabaseException>(
            () => SagebrushServer.StartAsync(options with { ObjectStore = PlaceOf(keeper.Url, keeper.Root, "other") }, static _ => { }, cancelled));
        Assert.Contains("kept in this folder", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<byte[]> GetAsync(AmazonS3Client client, string key, ByteRange? range)
    {
        using var got = await client.GetObjectAsync(new GetObjectRequest { BucketName = "mine", Key = key, ByteRange = range }, TestContext.Current.CancellationToken);
        var copy = new MemoryStream();
        await got.ResponseStream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        return copy.ToArray();
    }

    private static AmazonS3Client ClientOf(Uri url, Credential root) => new(
        root.AccessKeyId, root.SecretAccessKey, new AmazonS3Config { ServiceURL = url.ToString(), ForcePathStyle = true, AuthenticationRegion = "us-east-1" });

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(5).NextBytes(bytes);
        return bytes;
    }

    private static ExternalObjects PlaceOf(Uri url, Credential key, string bucket) => new(new Uri(url, $"{bucket}/bytes"), "us-east-1", key);

    private static Process? TryStart(string program, params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
