using System.Globalization;
using System.Net;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Clients.Tests.Registry;

/// <summary>The disk under the registry is full.</summary>
public sealed class DistributionDiskTests
{
    [Fact]
    public async Task Upload_DiskFull_IsToldAndGoesOnWhenThereIsRoom()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var disk = SmallDisk.TryMake(64);
        Assert.SkipWhen(disk is null, "Only root can mount a small disk.");
        await using var server = new ServerFixture(Path.Join(disk.Path, "data"));
        await server.InitializeAsync();
        using var client = await DistributionClient.OpenAsync(server, cancelled);
        await client.CreateRepositoryAsync("full", cancelled);
        var content = new byte[4_000_000];
        new Random(2).NextBytes(content);
        using var begun = await client.SendAsync(HttpMethod.Post, "/v2/full/blobs/uploads/", cancelled);
        var upload = begun.Headers.Location!.ToString();
        disk.Fill();

        using (var refused = await client.SendAsync(HttpMethod.Patch, upload, cancelled, DistributionClient.Body(content), $"0-{content.Length - 1}"))
        {
            Assert.Equal("507 INSUFFICIENT_STORAGE", await DistributionClient.ErrorOf(refused, cancelled));
        }

        disk.Empty();
        using var asked = await client.SendAsync(HttpMethod.Get, upload, cancelled);
        var end = int.Parse(asked.Headers.GetValues("Range").Single().Split('-')[1], CultureInfo.InvariantCulture);
        var length = end == 0 ? 0 : end + 1;
        using var rest = await client.SendAsync(HttpMethod.Patch, upload, cancelled, DistributionClient.Body(content[length..]), $"{length}-{content.Length - 1}");
        Assert.Equal(HttpStatusCode.Accepted, rest.StatusCode);
        var digest = DistributionClient.Digest(content);
        using var ended = await client.SendAsync(HttpMethod.Put, $"{upload}?digest={digest}", cancelled, DistributionClient.Body([]));
        Assert.Equal(HttpStatusCode.Created, ended.StatusCode);
        using var got = await client.SendAsync(HttpMethod.Get, $"/v2/full/blobs/{digest}", cancelled);
        Assert.Equal(content, await got.Content.ReadAsByteArrayAsync(cancelled));
    }
}
