using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Clients.Tests.S3;

/// <summary>S3 as AWS's SDK for .NET sees it.</summary>
public sealed class AwsSdkTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private static readonly HttpClient Http = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(3_000_000)]
    public async Task PutObject_AnySize_ComesBack(int size)
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var client = Client();
        var bucket = await BucketAsync(client);
        var body = Bytes(size);

        // The body goes in chunks that are signed one by one, with a checksum behind them.
        var put = await client.PutObjectAsync(
            new PutObjectRequest { BucketName = bucket, Key = "a/ü b", InputStream = new MemoryStream(body), Metadata = { ["who"] = "me" } }, cancelled);
        using var got = await client.GetObjectAsync(bucket, "a/ü b", cancelled);

        var copy = new MemoryStream();
        await got.ResponseStream.CopyToAsync(copy, cancelled);
        Assert.Equal(body, copy.ToArray());
        Assert.Equal(put.ETag, got.ETag);
        Assert.Equal("me", got.Metadata["who"]);
    }

    [Fact]
    public async Task PutObject_UnsignedPayload_ComesBack()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var client = Client();
        var bucket = await BucketAsync(client);
        await client.PutObjectAsync(
            new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "text", UseChunkEncoding = false }, cancelled);
        using var got = await client.GetObjectAsync(bucket, "k", cancelled);
        using var reader = new StreamReader(got.ResponseStream);
        Assert.Equal("text", await reader.ReadToEndAsync(cancelled));
    }

    [Fact]
    public async Task TransferUtility_LargeFile_UploadedInPartsAndDownloaded()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        using var client = Client();
        using var transfer = new TransferUtility(client);
        var bucket = await BucketAsync(client);
        await File.WriteAllBytesAsync(folder["in"], Bytes(40_000_000), cancelled);

        await transfer.UploadAsync(folder["in"], bucket, "large", cancelled);
        await transfer.DownloadAsync(folder["out"], bucket, "large", cancelled);

        Assert.Equal(Bytes(40_000_000), await File.ReadAllBytesAsync(folder["out"], cancelled));
        Assert.Contains('-', (await client.GetObjectMetadataAsync(bucket, "large", cancelled)).ETag);
    }

    [Fact]
    public async Task List_PagesAndPrefixes_Complete()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var client = Client();
        var bucket = await BucketAsync(client);
        foreach (var key in (string[])["a", "b/1", "b/2", "c+d e", "z"])
        {
            await client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = key, ContentBody = key }, cancelled);
        }

        var found = new List<string>();
        var pages = client.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = bucket, Delimiter = "/", MaxKeys = 2 });
        await foreach (var page in pages.Responses.WithCancellation(cancelled))
        {
            found.AddRange((page.S3Objects ?? []).Select(entry => entry.Key));
            found.AddRange(page.CommonPrefixes ?? []);
        }

        Assert.Equal(["a", "b/", "c+d e", "z"], found);
        var deleted = await client.DeleteObjectsAsync(
            new DeleteObjectsRequest { BucketName = bucket, Objects = [new KeyVersion { Key = "a" }, new KeyVersion { Key = "b/1" }] }, cancelled);
        Assert.Equal(2, deleted.DeletedObjects.Count);
    }

    [Fact]
    public async Task Presigned_PutAndGet_ByPlainHttpClient()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var client = Client();
        var bucket = await BucketAsync(client);
        string Url(HttpVerb verb, DateTime expires) => client.GetPreSignedURL(new GetPreSignedUrlRequest
        {
            BucketName = bucket,
            Key = "by url",
            Verb = verb,
            Expires = expires,
            Protocol = Protocol.HTTP,
        });
        var soon = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5);

        using var put = await Http.PutAsync(new Uri(Url(HttpVerb.PUT, soon)), new ByteArrayContent("hello"u8.ToArray()), cancelled);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal("hello", await Http.GetStringAsync(new Uri(Url(HttpVerb.GET, soon)), cancelled));
        using var wrongVerb = await Http.DeleteAsync(new Uri(Url(HttpVerb.GET, soon)), cancelled);
        Assert.Equal(HttpStatusCode.Forbidden, wrongVerb.StatusCode);
    }

    [Fact]
    public async Task Errors_Typed_AsTheSdkKnowsThem()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var client = Client();
        var bucket = await BucketAsync(client);
        await Assert.ThrowsAsync<NoSuchBucketException>(() => client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "there-is-none" }, cancelled));
        await Assert.ThrowsAsync<NoSuchKeyException>(() => client.GetObjectAsync(bucket, "there is none", cancelled));
        var missing = await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => client.GetObjectMetadataAsync(bucket, "there is none", cancelled));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        using var stranger = Client("wrong");
        var refused = await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => stranger.ListBucketsAsync(cancelled));
        Assert.Equal("SignatureDoesNotMatch", refused.ErrorCode);
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(3).NextBytes(bytes);
        return bytes;
    }

    private static async Task<string> BucketAsync(AmazonS3Client client)
    {
        var name = $"sdk-{Guid.NewGuid():N}";
        await client.PutBucketAsync(name, TestContext.Current.CancellationToken);
        return name;
    }

    private AmazonS3Client Client(string? secret = null) => new(
        new BasicAWSCredentials(server.Root.AccessKeyId, secret ?? server.Root.SecretAccessKey),
        new AmazonS3Config
        {
            ServiceURL = server.Url.ToString(),
            AuthenticationRegion = "us-east-1",
            ForcePathStyle = true,
            MaxErrorRetry = 0,
        });
}
