using Microsoft.Extensions.Logging.Abstractions;
using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Events;
using Sagebrush.Services.S3.Lifecycle;
using Sagebrush.Services.S3.Settings;
using Sagebrush.State.Objects;
using Sagebrush.Testing;
using Sagebrush.Wire.Json;
using ChecksumAlgorithm = Sagebrush.State.Objects.Checksums.ChecksumAlgorithm;
using ChecksumType = Sagebrush.State.Objects.Checksums.ChecksumType;

namespace Sagebrush.Services.Tests.S3;

public sealed class LifecycleTests : IAsyncDisposable
{
    private const string Bucket = "lifecycle";

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero));
    private readonly FolderObjectStore _store;
    private readonly RecordingListener _heard = new();

    public LifecycleTests() => _store = FolderObjectStore.Open(_folder.Path, _clock, NullLogger<FolderObjectStore>.Instance);

    [Fact]
    public async Task Sweep_Expiration_GoesAtTheMidnightAfterItsDays()
    {
        await BucketAsync(BucketVersioning.None, new LifecycleRule { Status = "Enabled", Filter = new() { Prefix = "tmp/" }, Expiration = new() { Days = 2 } });
        await PutAsync("tmp/old");
        await PutAsync("kept");

        // Two days after the morning of the first is the morning of the third; the midnight after that is the fourth's.
        await SweepAtAsync(new DateTimeOffset(2026, 3, 3, 23, 59, 0, TimeSpan.Zero));
        Assert.Equal(["kept", "tmp/old"], Keys());
        await SweepAtAsync(new DateTimeOffset(2026, 3, 4, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(["kept"], Keys());
        Assert.Equal(["LifecycleExpiration:Delete tmp/old"], _heard.Events);
    }

    [Fact]
    public async Task Sweep_Versions_MarkerThenNoncurrentThenTheMarkerItself()
    {
        await BucketAsync(
            BucketVersioning.Enabled,
            new LifecycleRule { Status = "Enabled", Expiration = new() { Days = 1 } },
            new LifecycleRule { Status = "Enabled", NoncurrentVersionExpiration = new() { NoncurrentDays = 5 } });
        await PutAsync("key");
        await SweepAtAsync(_clock.GetUtcNow().AddDays(2));
        Assert.Equal([true, false], Versions().Select(version => version.IsDeleteMarker));
        await SweepAtAsync(_clock.GetUtcNow().AddDays(7));
        Assert.Equal([true], Versions().Select(version => version.IsDeleteMarker));
        await SweepAtAsync(_clock.GetUtcNow().AddDays(1));
        Assert.Empty(Versions());
    }

    [Fact]
    public async Task Sweep_NewerNoncurrentVersions_KeepsThatMany()
    {
        await BucketAsync(BucketVersioning.Enabled, new LifecycleRule
        {
            Status = "Enabled",
            NoncurrentVersionExpiration = new() { NoncurrentDays = 1, NewerNoncurrentVersions = 2 },
        });
        for (var number = 0; number < 6; number++)
        {
            await PutAsync("key");
        }

        var before = Versions();
        await SweepAtAsync(_clock.GetUtcNow().AddDays(3));
        Assert.Equal(before.Take(3), Versions());
    }

    [Fact]
    public async Task Sweep_TagsAndSizes_CountOnlyTogether()
    {
        await BucketAsync(BucketVersioning.None, new LifecycleRule
        {
            Status = "Enabled",
            Expiration = new() { Days = 1 },
            Filter = new() { And = new() { Tags = [new() { Key = "scratch", Value = "yes" }], ObjectSizeGreaterThan = 3 } },
        });
        await PutAsync("tagged and large", 4, "yes");
        await PutAsync("tagged", 3, "yes");
        await PutAsync("large", 4);
        await SweepAtAsync(_clock.GetUtcNow().AddDays(3));
        Assert.Equal(["large", "tagged"], Keys());
    }

    [Fact]
    public async Task Sweep_UnfinishedUploads_AreAborted()
    {
        await BucketAsync(BucketVersioning.None, new LifecycleRule
        {
            Status = "Enabled",
            Prefix = "",
            AbortIncompleteMultipartUpload = new() { DaysAfterInitiation = 7 },
        });
        await _store.CreateUploadAsync(
            new() { Bucket = Bucket, Key = "k" }, ChecksumAlgorithm.Crc64Nvme, ChecksumType.FullObject, TestContext.Current.CancellationToken);
        await SweepAtAsync(_clock.GetUtcNow().AddDays(7));
        Assert.Single(_store.ListUploads(new() { Bucket = Bucket }).Uploads);
        await SweepAtAsync(_clock.GetUtcNow().AddDays(1));
        Assert.Empty(_store.ListUploads(new() { Bucket = Bucket }).Uploads);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private async Task BucketAsync(BucketVersioning versioning, params LifecycleRule[] rules)
    {
        var cancelled = TestContext.Current.CancellationToken;
        await _store.CreateBucketAsync(Bucket, "000000000000", "us-east-1", cancelled);
        await _store.SetBucketVersioningAsync(Bucket, versioning, cancelled);
        var text = System.Text.Encoding.UTF8.GetString(ShapeJson.Write(new BucketLifecycleConfiguration { Rules = [.. rules] }));
        await _store.SetBucketDocumentAsync(Bucket, BucketSettings.Lifecycle, text, cancelled);
    }

    private async Task PutAsync(string key, int size = 1, string? scratch = null)
    {
        using var content = await _store.WriteAsync(new MemoryStream(new byte[size]), new ContentOptions(), TestContext.Current.CancellationToken);
        var tags = scratch is null ? null : new Dictionary<string, string> { ["scratch"] = scratch };
        await _store.PutAsync(new ObjectTarget { Bucket = Bucket, Key = key, Tags = tags }, content, TestContext.Current.CancellationToken);
    }

    private async Task SweepAtAsync(DateTimeOffset time)
    {
        _clock.Advance(time - _clock.GetUtcNow());
        using var outbox = new EventOutbox(_store, topics: null!, _clock, NullLogger<EventOutbox>.Instance);
        var events = new ObjectEvents([_heard], outbox, _clock);
        await new LifecycleSweep(_store, events, _clock).RunAsync(TestContext.Current.CancellationToken);
    }

    private IEnumerable<string> Keys() => _store.List(new() { Bucket = Bucket }).Objects.Select(entry => entry.Key);

    private IReadOnlyList<ListedVersion> Versions() => _store.ListVersions(new() { Bucket = Bucket }).Versions;

    private sealed class RecordingListener : IObjectListener
    {
        public List<string> Events { get; } = [];

        public void OnObjectEvent(ObjectEvent happened) => Events.Add($"{happened.Name} {happened.Key}");
    }
}
