using Sagebrush.State.Blobs;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Tests.Ecr;

public sealed class RegistrySweepTests : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    private readonly RegistryFixture _registry = new();

    private static CancellationToken Cancelled => RegistryFixture.Cancelled;

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Fact]
    public async Task Sweep_LayersOfNoImage_GoAfterTheGraceTime()
    {
        var repository = await _registry.CreateAsync("sweep");
        await _registry.PutAsync(repository, "used", "v1");
        var unused = await _registry.AddLayerAsync(repository, "unused");

        _registry.Clock.Advance(Grace / 2);
        await _registry.Sweep.RunAsync(Cancelled);
        Assert.NotNull(_registry.Blobs.FindLength(unused));
        _registry.Clock.Advance(Grace);
        await _registry.Sweep.RunAsync(Cancelled);

        Assert.Null(_registry.Blobs.FindLength(unused));
        Assert.Null(await _registry.Layers.FindAsync(repository, unused, Cancelled));
        Assert.Equal("v1", await _registry.TagsAsync(repository));
        Assert.Equal(3, _registry.Blobs.Blobs().Count());
    }

    [Fact]
    public async Task Sweep_LayerSomebodyCountsOn_StaysUntilItsImageIsPut()
    {
        var repository = await _registry.CreateAsync("counted");
        await _registry.AddLayerAsync(repository, "{}");
        var layer = await _registry.AddLayerAsync(repository, "old layer");
        _registry.Clock.Advance(Grace * 2);

        // A client asks, is told that the layers are here, and pushes the manifest alone.
        Assert.NotNull(await _registry.Layers.FindAsync(repository, layer, Cancelled));
        Assert.NotNull(await _registry.Layers.FindAsync(repository, BlobDigest.Of("{}"u8), Cancelled));
        await _registry.Sweep.RunAsync(Cancelled);

        await _registry.Images.PutAsync(repository, RegistryFixture.Manifest("old layer", layer), null, "v1", null, Cancelled);
        _registry.Clock.Advance(Grace * 2);
        await _registry.Sweep.RunAsync(Cancelled);
        Assert.NotNull(_registry.Blobs.FindLength(layer));
    }

    [Fact]
    public async Task Sweep_BlobSharedByRepositories_StaysWithTheLastOne()
    {
        var (first, second) = (await _registry.CreateAsync("first"), await _registry.CreateAsync("second"));
        await _registry.PutAsync(first, "shared", "v1");
        var image = await _registry.PutAsync(second, "shared", "v1");
        var shared = BlobDigest.Of("shared"u8);

        await _registry.Repositories.DeleteAsync(first, Cancelled);
        _registry.Clock.Advance(Grace * 2);
        await _registry.Sweep.RunAsync(Cancelled);
        Assert.NotNull(_registry.Blobs.FindLength(shared));
        Assert.NotNull(await _registry.Images.ReadManifestAsync(image, Cancelled));

        await _registry.Images.DeleteAsync(second, image.Digest, Cancelled);
        await _registry.Sweep.RunAsync(Cancelled);
        Assert.Empty(_registry.Blobs.Blobs());
    }

    [Fact]
    public async Task Sweep_AfterAStart_GivesRunningPushesTheGraceTimeAgain()
    {
        var repository = await _registry.CreateAsync("restarted");
        var layer = await _registry.AddLayerAsync(repository, "layer");
        _registry.Clock.Advance(Grace * 2);
        _registry.Restart();

        await _registry.Sweep.RunAsync(Cancelled);
        Assert.NotNull(_registry.Blobs.FindLength(layer));
        _registry.Clock.Advance(Grace * 2);
        await _registry.Sweep.RunAsync(Cancelled);
        Assert.Null(_registry.Blobs.FindLength(layer));
    }

    [Fact]
    public async Task Sweep_Uploads_GoAWeekAfterTheirLastByteOrWithTheirRepository()
    {
        var (kept, deleted) = (await _registry.CreateAsync("kept"), await _registry.CreateAsync("deleted"));
        var mine = await _registry.Layers.BeginUploadAsync(kept, Cancelled);
        await _registry.Layers.BeginUploadAsync(deleted, Cancelled);
        await _registry.Repositories.DeleteAsync(deleted, Cancelled);

        _registry.Clock.Advance(TimeSpan.FromDays(2));
        await _registry.Sweep.RunAsync(Cancelled);
        Assert.Equal(mine, Assert.Single(_registry.Blobs.Uploads()).Id);
        _registry.Clock.Advance(TimeSpan.FromDays(6));
        await _registry.Sweep.RunAsync(Cancelled);
        await _registry.Sweep.RunAsync(Cancelled);

        Assert.Empty(_registry.Blobs.Uploads());
        await Assert.ThrowsAsync<ServiceException>(() => _registry.Layers.UploadedAsync(kept, mine, Cancelled).AsTask());
    }

    [Fact]
    public async Task Sweep_BesidePushes_LosesNothing()
    {
        // The same layers lie there from a repository that is gone: the sweeps take them while the pushes bring them anew.
        var old = await _registry.CreateAsync("old");
        for (var i = 0; i < 4; i++)
        {
            await _registry.PutAsync(old, $"layer {i}", null);
        }

        await _registry.Repositories.DeleteAsync(old, Cancelled);
        _registry.Clock.Advance(Grace * 2);
        var repository = await _registry.CreateAsync("busy");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var sweeping = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    await _registry.Sweep.RunAsync(Cancelled);
                }
            },
            Cancelled);

        var images = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => _registry.PutAsync(repository, $"layer {i % 4}", $"v{i}"), Cancelled)));
        await stop.CancelAsync();
        await sweeping;

        foreach (var image in images)
        {
            Assert.NotNull(await _registry.Images.ReadManifestAsync(image, Cancelled));
            Assert.All(image.Layers, layer => Assert.True(BlobDigest.TryParse(layer, out var digest) && _registry.Blobs.FindLength(digest) is not null));
        }

        Assert.Equal(4, (await _registry.Images.ListAsync(repository, Cancelled)).Images.Count);
    }
}
