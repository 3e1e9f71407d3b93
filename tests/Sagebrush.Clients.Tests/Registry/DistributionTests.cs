using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Sagebrush.Clients.Tests.Registry;

public sealed class DistributionTests(ServerFixture server) : IClassFixture<ServerFixture>, IAsyncLifetime
{
    private static readonly byte[] Config = "{\"os\":\"linux\"}"u8.ToArray();

    private DistributionClient _client = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _client = await DistributionClient.OpenAsync(server, Cancelled);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Uploads_Chunked_GoOnWhereTheyAreAndEndWithTheDigest()
    {
        await _client.CreateRepositoryAsync("chunks", Cancelled);
        var content = Bytes(700_000, 1);
        using var begun = await _client.SendAsync(HttpMethod.Post, "/v2/chunks/blobs/uploads/", Cancelled);
        var upload = begun.Headers.Location!.ToString();
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);

        using var first = await _client.SendAsync(HttpMethod.Patch, upload, Cancelled, DistributionClient.Body(content[..300_000]), "0-299999");
        Assert.Equal((HttpStatusCode.Accepted, "0-299999"), (first.StatusCode, Range(first)));
        using var again = await _client.SendAsync(HttpMethod.Patch, upload, Cancelled, DistributionClient.Body(content[..300_000]), "0-299999");
        Assert.Equal("416 BLOB_UPLOAD_INVALID", await DistributionClient.ErrorOf(again, Cancelled));
        Assert.Equal("0-299999", Range(again));
        using var asked = await _client.SendAsync(HttpMethod.Get, upload, Cancelled);
        Assert.Equal((HttpStatusCode.NoContent, "0-299999"), (asked.StatusCode, Range(asked)));
        using var second = await _client.SendAsync(HttpMethod.Patch, upload, Cancelled, DistributionClient.Body(content[300_000..600_000]));
        Assert.Equal("0-599999", Range(second));
        var digest = DistributionClient.Digest(content);
        using var ended = await _client.SendAsync(HttpMethod.Put, $"{upload}?digest={digest}", Cancelled, DistributionClient.Body(content[600_000..]), "600000-699999");

        Assert.Equal(HttpStatusCode.Created, ended.StatusCode);
        Assert.Equal(digest, ended.Headers.GetValues("Docker-Content-Digest").Single());
        using var blob = await _client.SendAsync(HttpMethod.Get, $"/v2/chunks/blobs/{digest}", Cancelled);
        Assert.Equal(content, await blob.Content.ReadAsByteArrayAsync(Cancelled));
        using var gone = await _client.SendAsync(HttpMethod.Get, upload, Cancelled);
        Assert.Equal("404 BLOB_UPLOAD_UNKNOWN", await DistributionClient.ErrorOf(gone, Cancelled));
    }

    [Fact]
    public async Task Uploads_WrongDigestOrCancelled_LeaveNothing()
    {
        await _client.CreateRepositoryAsync("wrong", Cancelled);
        var (content, other) = (Bytes(1000, 2), DistributionClient.Digest(Bytes(10, 3)));
        using var posted = await _client.SendAsync(HttpMethod.Post, $"/v2/wrong/blobs/uploads/?digest={other}", Cancelled, DistributionClient.Body(content));
        Assert.Equal("400 DIGEST_INVALID", await DistributionClient.ErrorOf(posted, Cancelled));
        using var strange = await _client.SendAsync(HttpMethod.Post, "/v2/wrong/blobs/uploads/?digest=md5:00", Cancelled, DistributionClient.Body(content));
        Assert.Equal("400 DIGEST_INVALID", await DistributionClient.ErrorOf(strange, Cancelled));
        using var begun = await _client.SendAsync(HttpMethod.Post, "/v2/wrong/blobs/uploads/", Cancelled);
        using var cancelled = await _client.SendAsync(HttpMethod.Delete, begun.Headers.Location!.ToString(), Cancelled);
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        using var gone = await _client.SendAsync(HttpMethod.Patch, begun.Headers.Location!.ToString(), Cancelled, DistributionClient.Body(content));
        Assert.Equal("404 BLOB_UPLOAD_UNKNOWN", await DistributionClient.ErrorOf(gone, Cancelled));
        foreach (var digest in new[] { DistributionClient.Digest(content), other })
        {
            using var head = await _client.SendAsync(HttpMethod.Head, $"/v2/wrong/blobs/{digest}", Cancelled);
            Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        }
    }

    [Fact]
    public async Task Mount_BlobOfAnotherRepository_NeedsNoBytes()
    {
        await _client.CreateRepositoryAsync("mount/from", Cancelled);
        await _client.CreateRepositoryAsync("mount/to", Cancelled);
        var digest = await _client.PushBlobAsync("mount/from", Bytes(5000, 4), Cancelled);
        using var before = await _client.SendAsync(HttpMethod.Head, $"/v2/mount/to/blobs/{digest}", Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);

        using var mounted = await _client.SendAsync(HttpMethod.Post, $"/v2/mount/to/blobs/uploads/?mount={digest}&from=mount/from", Cancelled);
        using var absent = await _client.SendAsync(HttpMethod.Post, $"/v2/mount/to/blobs/uploads/?mount={DistributionClient.Digest(Config)}&from=mount/from", Cancelled);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Accepted), (mounted.StatusCode, absent.StatusCode));
        using var after = await _client.SendAsync(HttpMethod.Head, $"/v2/mount/to/blobs/{digest}", Cancelled);
        Assert.Equal((HttpStatusCode.OK, 5000L), (after.StatusCode, after.Content.Headers.ContentLength!.Value));
    }

    [Theory]
    [InlineData("bytes=0-0", 206, 0, 1)]
    [InlineData("bytes=10-", 206, 10, 90)]
    [InlineData("bytes=-7", 206, 93, 7)]
    [InlineData("bytes=50-500", 206, 50, 50)]
    [InlineData("bytes=0-1,5-6", 200, 0, 100)]
    [InlineData("lines=1-2", 200, 0, 100)]
    [InlineData("bytes=100-", 416, 0, 0)]
    public async Task Blobs_Ranges_AreAsHttpHasThem(string range, int status, int first, int length)
    {
        var (repository, content) = ($"ranges/{status}-{first}-{length}-{range.Length}", Bytes(100, 5));
        await _client.CreateRepositoryAsync(repository, Cancelled);
        var digest = await _client.PushBlobAsync(repository, content, Cancelled);

        using var response = await _client.SendAsync(HttpMethod.Get, $"/v2/{repository}/blobs/{digest}", Cancelled, range: range);

        Assert.Equal(status, (int)response.StatusCode);
        if (status != 416)
        {
            Assert.Equal(content[first..(first + length)], await response.Content.ReadAsByteArrayAsync(Cancelled));
        }
    }

    [Fact]
    public async Task Manifests_ByTagAndDigest_AreTheVeryBytesAndCheckWhatTheyName()
    {
        await _client.CreateRepositoryAsync("manifests", Cancelled);
        var layer = Bytes(2000, 6);
        var manifest = DistributionClient.Manifest(Config, layer);
        using var early = await _client.PutManifestAsync("manifests", "v1", manifest, Cancelled);
        Assert.Equal("400 MANIFEST_BLOB_UNKNOWN", await DistributionClient.ErrorOf(early, Cancelled));
        await _client.PushBlobAsync("manifests", Config, Cancelled);
        await _client.PushBlobAsync("manifests", layer, Cancelled);
        using var put = await _client.PutManifestAsync("manifests", "v1", manifest, Cancelled);
        var digest = put.Headers.GetValues("Docker-Content-Digest").Single();
        Assert.Equal((HttpStatusCode.Created, DistributionClient.Digest(manifest)), (put.StatusCode, digest));
        using var repeated = await _client.PutManifestAsync("manifests", "v1", manifest, Cancelled);
        Assert.Equal(HttpStatusCode.Created, repeated.StatusCode);
        using var other = await _client.PutManifestAsync("manifests", DistributionClient.Digest(layer), manifest, Cancelled);
        Assert.Equal("400 DIGEST_INVALID", await DistributionClient.ErrorOf(other, Cancelled));
        foreach (var reference in new[] { "v1", digest })
        {
            using var got = await _client.SendAsync(HttpMethod.Get, $"/v2/manifests/manifests/{reference}", Cancelled);
            Assert.Equal(manifest, await got.Content.ReadAsByteArrayAsync(Cancelled));
            Assert.Equal(DistributionClient.DockerManifest, got.Content.Headers.ContentType!.MediaType);
        }

        using var untagged = await _client.SendAsync(HttpMethod.Delete, "/v2/manifests/manifests/v1", Cancelled);
        using var still = await _client.SendAsync(HttpMethod.Head, $"/v2/manifests/manifests/{digest}", Cancelled);
        using var deleted = await _client.SendAsync(HttpMethod.Delete, $"/v2/manifests/manifests/{digest}", Cancelled);
        using var missing = await _client.SendAsync(HttpMethod.Get, $"/v2/manifests/manifests/{digest}", Cancelled);
        Assert.Equal(
            (HttpStatusCode.Accepted, HttpStatusCode.OK, HttpStatusCode.Accepted, HttpStatusCode.NotFound),
            (untagged.StatusCode, still.StatusCode, deleted.StatusCode, missing.StatusCode));
    }

    [Fact]
    public async Task Manifests_TwoPushersOfOneTag_LeaveOneOfThemWhole()
    {
        await _client.CreateRepositoryAsync("race", Cancelled);
        await _client.PushBlobAsync("race", Config, Cancelled);
        var layers = Enumerable.Range(10, 8).Select(seed => Bytes(100, seed)).ToList();
        foreach (var layer in layers)
        {
            await _client.PushBlobAsync("race", layer, Cancelled);
        }

        var manifests = layers.Select(layer => DistributionClient.Manifest(Config, layer)).ToList();
        await Task.WhenAll(manifests.Select(async manifest =>
        {
            using var put = await _client.PutManifestAsync("race", "latest", manifest, Cancelled);
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        }));

        using var got = await _client.SendAsync(HttpMethod.Get, "/v2/race/manifests/latest", Cancelled);
        var winner = await got.Content.ReadAsByteArrayAsync(Cancelled);
        Assert.Single(manifests, manifest => manifest.SequenceEqual(winner));
    }

    [Fact]
    public async Task Referrers_Artifacts_AreFoundByTheirSubject()
    {
        await _client.CreateRepositoryAsync("referrers", Cancelled);
        await _client.PushBlobAsync("referrers", Config, Cancelled);
        var image = DistributionClient.Manifest(Config);
        (await _client.PutManifestAsync("referrers", "v1", image, Cancelled)).Dispose();
        var descriptor = $$"""{"mediaType":"{{DistributionClient.DockerManifest}}","size":{{image.Length}},"digest":"{{DistributionClient.Digest(image)}}"}""";
        var signature = Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"application/x.signature","subject":{{descriptor}},"annotations":{"by":"ada"},"config":{"mediaType":"application/vnd.oci.empty.v1+json","size":{{Config.Length}},"digest":"{{DistributionClient.Digest(Config)}}"},"layers":[]}""");

        using var put = await _client.PutManifestAsync("referrers", DistributionClient.Digest(signature), signature, Cancelled, "application/vnd.oci.image.manifest.v1+json");
        using var all = await _client.SendAsync(HttpMethod.Get, $"/v2/referrers/referrers/{DistributionClient.Digest(image)}", Cancelled);
        using var none = await _client.SendAsync(HttpMethod.Get, $"/v2/referrers/referrers/{DistributionClient.Digest(image)}?artifactType=application/x.other", Cancelled);

        Assert.Equal(DistributionClient.Digest(image), put.Headers.GetValues("OCI-Subject").Single());
        using var index = JsonDocument.Parse(await all.Content.ReadAsStringAsync(Cancelled));
        var referrer = Assert.Single(index.RootElement.GetProperty("manifests").EnumerateArray());
        Assert.Equal(("application/x.signature", "ada"), (referrer.GetProperty("artifactType").GetString(), referrer.GetProperty("annotations").GetProperty("by").GetString()));
        Assert.Contains("\"manifests\":[]", await none.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_Paged_NeitherRepeatNorSkip()
    {
        await _client.CreateRepositoryAsync("paged", Cancelled);
        await _client.PushBlobAsync("paged", Config, Cancelled);
        var tags = Enumerable.Range(0, 7).Select(i => $"v{i}").ToList();
        foreach (var tag in tags)
        {
            (await _client.PutManifestAsync("paged", tag, DistributionClient.Manifest(Config), Cancelled)).EnsureSuccessStatusCode().Dispose();
        }

        var seen = new List<string>();
        for (string? next = "/v2/paged/tags/list?n=3"; next is not null;)
        {
            using var page = await _client.SendAsync(HttpMethod.Get, next, Cancelled);
            using var json = JsonDocument.Parse(await page.Content.ReadAsStringAsync(Cancelled));
            seen.AddRange(json.RootElement.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!));
            next = page.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
        }

        Assert.Equal(tags, seen);
        using var catalog = await _client.SendAsync(HttpMethod.Get, "/v2/_catalog?n=1000", Cancelled);
        Assert.Contains("\"paged\"", await catalog.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    private static string Range(HttpResponseMessage response) => response.Headers.GetValues("Range").Single();

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
