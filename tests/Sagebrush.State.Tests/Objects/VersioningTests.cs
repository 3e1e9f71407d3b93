using System.Text;
using Sagebrush.State.Objects;
using Sagebrush.Testing;

namespace Sagebrush.State.Tests.Objects;

public sealed class VersioningTests
{
    [Fact]
    public async Task Put_Enabled_KeepsWhatItReplaces()
    {
        await using var fixture = await EnabledAsync();
        var first = await fixture.PutAsync("key", "first");
        var second = await fixture.PutAsync("key", new byte[100_000]);
        await fixture.ReopenAsync();

        Assert.Equal(second.VersionId, fixture.Store.GetObject(ObjectStoreFixture.Bucket, "key").VersionId);
        Assert.Equal("first", await TextAsync(fixture, "key", first.VersionId));
        Assert.Equal([(second.VersionId, true), (first.VersionId, false)], Versions(fixture).Select(version => (version.VersionId, version.IsLatest)));
    }

    [Theory]
    [InlineData(-3650)]
    [InlineData(3650)]
    public async Task Put_ClockJumps_LaterWriteIsTheLatest(int days)
    {
        await using var fixture = await EnabledAsync();
        var first = await fixture.PutAsync("key", "first");
        await fixture.ReopenAsync(new ManualTimeProvider(TimeProvider.System.GetUtcNow().AddDays(days)));
        var second = await fixture.PutAsync("key", "second");
        await fixture.ReopenAsync();
        var third = await fixture.PutAsync("key", "third");

        Assert.Equal("third", await TextAsync(fixture, "key", null));
        Assert.Equal([third.VersionId, second.VersionId, first.VersionId], Versions(fixture).Select(version => version.VersionId));
    }

    [Fact]
    public async Task Delete_LockedVersion_RefusedUntilItsTime()
    {
        await using var fixture = await EnabledAsync();
        var clock = new ManualTimeProvider();
        await fixture.ReopenAsync(clock);
        using var content = await fixture.Store.WriteAsync(new MemoryStream([1]), new ContentOptions(), TestContext.Current.CancellationToken);
        var retention = new ObjectRetention(RetentionMode.Compliance, clock.GetUtcNow().AddDays(1));
        var target = new ObjectTarget { Bucket = ObjectStoreFixture.Bucket, Key = "key", Attributes = new() { Retention = retention } };
        var locked = await fixture.Store.PutAsync(target, content, TestContext.Current.CancellationToken);
        var named = new DeleteTarget("key", locked.VersionId) { BypassesGovernance = true, Announce = static _ => ["gone"] };

        Assert.Equal(ObjectStoreError.AccessDenied, (await DeleteAsync()).Refusal?.Error);
        Assert.Empty(fixture.Store.ReadOutbox(10));
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Null((await DeleteAsync()).Refusal);
        Assert.Equal(["gone"], fixture.Store.ReadOutbox(10).Select(entry => entry.Text));

        async Task<DeleteOutcome> DeleteAsync() =>
            Assert.Single(await fixture.Store.DeleteAsync(ObjectStoreFixture.Bucket, [named], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Put_WhatWasThereBefore_IsTheNullVersion()
    {
        await using var fixture = await ObjectStoreFixture.CreateAsync();
        await fixture.PutAsync("key", "old");
        await SetAsync(fixture, BucketVersioning.Enabled);
        await fixture.PutAsync("key", "new");

        Assert.Equal("old", await TextAsync(fixture, "key", ObjectVersionId.Null));
        Assert.Equal("new", await TextAsync(fixture, "key", null));
    }

    [Fact]
    public async Task Put_Suspended_ReplacesOnlyTheNullVersion()
    {
        await using var fixture = await EnabledAsync();
        var kept = await fixture.PutAsync("key", "kept");
        await SetAsync(fixture, BucketVersioning.Suspended);
        await fixture.PutAsync("key", new byte[50_000]);
        await fixture.PutAsync("key", "second");
        await SetAsync(fixture, BucketVersioning.Enabled);
        await fixture.PutAsync("key", "top");
        await SetAsync(fixture, BucketVersioning.Suspended);
        await fixture.PutAsync("key", "third");

        Assert.Equal("third", await TextAsync(fixture, "key", ObjectVersionId.Null));
        Assert.Equal("kept", await TextAsync(fixture, "key", kept.VersionId));
        Assert.Equal(3, Versions(fixture).Count);
    }

    [Fact]
    public async Task Delete_Enabled_HidesUntilTheMarkerGoes()
    {
        await using var fixture = await EnabledAsync();
        var version = await fixture.PutAsync("key", "text");

        var marker = (await fixture.Store.DeleteAsync(ObjectStoreFixture.Bucket, ["key"], TestContext.Current.CancellationToken))[0].Marker!;

        Assert.Null(fixture.Store.FindObject(ObjectStoreFixture.Bucket, "key"));
        Assert.Empty(fixture.Store.List(new ListObjectsQuery { Bucket = ObjectStoreFixture.Bucket }).Objects);
        var refusal = Assert.Throws<ObjectStoreException>(() => fixture.Store.Open(ObjectStoreFixture.Bucket, "key"));
        Assert.Equal((ObjectStoreError.NoSuchKey, marker.VersionId), (refusal.Error, refusal.Marker?.VersionId));
        Assert.Equal(ObjectStoreError.MethodNotAllowed, Assert.Throws<ObjectStoreException>(
            () => fixture.Store.Open(ObjectStoreFixture.Bucket, "key", marker.VersionId)).Error);

        await DeleteAsync(fixture, "key", marker.VersionId);
        Assert.Equal(version.VersionId, fixture.Store.FindObject(ObjectStoreFixture.Bucket, "key")!.VersionId);
    }

    [Fact]
    public async Task Delete_Suspended_PutsOneNullMarkerInPlaceOfTheNullVersion()
    {
        await using var fixture = await EnabledAsync();
        var kept = await fixture.PutAsync("key", "kept");
        await SetAsync(fixture, BucketVersioning.Suspended);
        await fixture.PutAsync("key", "gone");
        await DeleteAsync(fixture, "key", null);
        await DeleteAsync(fixture, "key", null);

        Assert.Equal(
            [(ObjectVersionId.Null, true), (kept.VersionId, false)],
            Versions(fixture).Select(version => (version.VersionId, version.IsDeleteMarker)));
    }

    [Fact]
    public async Task Delete_LatestVersion_PromotesTheOneBeforeAndFreesItsBytes()
    {
        await using var fixture = await EnabledAsync();
        await fixture.PutAsync("key", new byte[50_000]);
        var second = await fixture.PutAsync("key", new byte[60_000]);
        await DeleteAsync(fixture, "key", second.VersionId);

        Assert.Equal(50_000, fixture.Store.FindObject(ObjectStoreFixture.Bucket, "key")!.Size);
        await Eventually.TrueAsync(() => fixture.DataFiles().Count == 1, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task DeleteBucket_VersionsLeft_Refused()
    {
        await using var fixture = await EnabledAsync();
        await fixture.PutAsync("key", "text");
        await DeleteAsync(fixture, "key", null);
        var refusal = await Assert.ThrowsAsync<ObjectStoreException>(
            () => fixture.Store.DeleteBucketAsync(ObjectStoreFixture.Bucket, TestContext.Current.CancellationToken));
        Assert.Equal(ObjectStoreError.BucketNotEmpty, refusal.Error);
    }

    [Fact]
    public async Task Copy_OldVersionOntoItsKey_IsTheNewestWithBytesOfItsOwn()
    {
        await using var fixture = await EnabledAsync();
        var old = await fixture.PutAsync("key", new byte[70_000]);
        await fixture.PutAsync("key", "newer");
        var restored = await fixture.Store.CopyAsync(
            ObjectStoreFixture.Bucket, "key", old.VersionId, _ => new() { Bucket = ObjectStoreFixture.Bucket, Key = "key" }, TestContext.Current.CancellationToken);
        await DeleteAsync(fixture, "key", old.VersionId);

        Assert.Equal(new byte[70_000], await fixture.GetAsync("key"));
        Assert.NotEqual(old.VersionId, restored.VersionId);
        Assert.Equal(2, Versions(fixture).Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(100)]
    public async Task ListVersions_Paged_AsInOnePiece(int limit)
    {
        await using var fixture = await EnabledAsync();
        foreach (var key in (string[])["a", "b/1", "b/2", "c"])
        {
            for (var version = 0; version < 3; version++)
            {
                await fixture.PutAsync(key, $"{key}{version}");
            }
        }

        await DeleteAsync(fixture, "c", null);
        var whole = Versions(fixture);
        Assert.Equal(13, whole.Count);

        var query = new ListObjectsQuery { Bucket = ObjectStoreFixture.Bucket, Limit = limit };
        var paged = new List<ListedVersion>();
        for (var page = fixture.Store.ListVersions(query); ; page = fixture.Store.ListVersions(query, page.NextVersionId))
        {
            paged.AddRange(page.Versions);
            Assert.InRange(page.Versions.Count, 0, limit);
            if (page.NextKey is null)
            {
                break;
            }

            query = query with { After = page.NextKey };
        }

        Assert.Equal(whole, paged);
        var rolledUp = fixture.Store.ListVersions(new ListObjectsQuery { Bucket = ObjectStoreFixture.Bucket, Delimiter = "/" });
        Assert.Equal((7, "b/"), (rolledUp.Versions.Count, Assert.Single(rolledUp.CommonPrefixes)));
    }

    [Fact]
    public async Task Put_TwoWritersOfOneKey_EveryVersionKeptAndTheLastIsLatest()
    {
        await using var fixture = await EnabledAsync();
        var written = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => Task.Run(() => fixture.PutAsync("key", $"{number}"))));

        var listed = Versions(fixture);
        Assert.Equal(written.Select(info => info.VersionId).OrderDescending(StringComparer.Ordinal), listed.Select(version => version.VersionId));
        Assert.Equal(listed[0].VersionId, fixture.Store.FindObject(ObjectStoreFixture.Bucket, "key")!.VersionId);
    }

    private static async Task<ObjectStoreFixture> EnabledAsync()
    {
        var fixture = await ObjectStoreFixture.CreateAsync();
        await SetAsync(fixture, BucketVersioning.Enabled);
        return fixture;
    }

    private static Task SetAsync(ObjectStoreFixture fixture, BucketVersioning versioning) =>
        fixture.Store.SetBucketVersioningAsync(ObjectStoreFixture.Bucket, versioning, TestContext.Current.CancellationToken);

    private static Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(ObjectStoreFixture fixture, string key, string? version) =>
        fixture.Store.DeleteAsync(ObjectStoreFixture.Bucket, [new DeleteTarget(key, version)], TestContext.Current.CancellationToken);

    private static List<ListedVersion> Versions(ObjectStoreFixture fixture) =>
        [.. fixture.Store.ListVersions(new ListObjectsQuery { Bucket = ObjectStoreFixture.Bucket }).Versions];

    private static async Task<string> TextAsync(ObjectStoreFixture fixture, string key, string? version)
    {
        using var reader = fixture.Store.Open(ObjectStoreFixture.Bucket, key, version);
        return Encoding.UTF8.GetString(await ObjectStoreFixture.ReadAsync(reader));
    }
}
