using System.Text;
using Sagebrush.State.Resources;
using static Sagebrush.State.Tests.Resources.ResourceStoreFixture;

namespace Sagebrush.State.Tests.Resources;

public sealed class ResourceStoreTests : IAsyncDisposable
{
    private readonly ResourceStoreFixture _fixture = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private SqliteResourceStore Store => _fixture.Store;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task TryAddAsync_NewName_IsFoundByNameAndArnAfterReopening()
    {
        var added = await _fixture.AddAsync("job", body: """{"a":1}""");
        await _fixture.ReopenAsync();

        var byName = await Store.FindAsync(Key("job"), Cancelled);
        var byArn = await Store.FindByArnAsync(Arn("job"), Cancelled);

        Assert.NotNull(byName);
        Assert.NotNull(byArn);
        Assert.Equal("""{"a":1}""", Encoding.UTF8.GetString(byName.Body.Span));
        Assert.Equal(added with { Body = default }, byName with { Body = default });
        Assert.Equal(byName with { Body = default }, byArn with { Body = default });
        Assert.Equal(_fixture.Clock.GetUtcNow(), byName.Created);
        Assert.Equal(byName.Created, byName.Modified);
    }

    [Fact]
    public async Task TryAddAsync_NameTaken_ReturnsNullAndKeepsTheFirst()
    {
        await _fixture.AddAsync("job", "InProgress");

        Assert.Null(await Store.TryAddAsync(Draft("job", "Other") with { Arn = "arn:other" }, Cancelled));

        Assert.Equal("InProgress", (await Store.FindAsync(Key("job"), Cancelled))?.Status);
    }

    [Fact]
    public async Task TryAddAsync_ArnTaken_ReturnsNull()
    {
        await _fixture.AddAsync("job");

        Assert.Null(await Store.TryAddAsync(Draft("JOB") with { Arn = Arn("job") }, Cancelled));
    }

    [Fact]
    public async Task TryAddAsync_SameNameElsewhere_IsAnotherResource()
    {
        await _fixture.AddAsync("job");

        var other = await Store.TryAddAsync(
            Draft("job") with { Key = Key("job") with { Region = "eu-west-1" }, Arn = "arn:west" }, Cancelled);

        Assert.NotNull(other);
        Assert.Single((await Store.ListAsync(All, Cancelled)).Items);
        Assert.Null(await Store.FindAsync(Key("job") with { Account = "111111111111" }, Cancelled));
    }

    [Fact]
    public async Task TryUpdateAsync_VersionStillCurrent_ChangesColumnsBodyAndTime()
    {
        var added = await _fixture.AddAsync("job");
        _fixture.Clock.Advance(TimeSpan.FromSeconds(5));

        var updated = await Store.TryUpdateAsync(
            new ResourceUpdate
            {
                Key = added.Key,
                ExpectedVersion = added.Version,
                Status = "Completed",
                Parent = "tuning",
                Body = "done"u8.ToArray(),
            },
            Cancelled);

        Assert.NotNull(updated);
        Assert.True(updated.Version > added.Version);
        Assert.Equal("Completed", updated.Status);
        Assert.Equal("tuning", updated.Parent);
        Assert.Equal(added.Created, updated.Created);
        Assert.Equal(added.Created.AddSeconds(5), updated.Modified);
        Assert.Equal("done"u8.ToArray(), (await Store.FindAsync(added.Key, Cancelled))?.Body.ToArray());
    }

    [Fact]
    public async Task TryUpdateAsync_SomebodyWasFaster_ReturnsNullAndChangesNothing()
    {
        var added = await _fixture.AddAsync("job");
        await Store.TryUpdateAsync(Update(added, "Completed"), Cancelled);

        Assert.Null(await Store.TryUpdateAsync(Update(added, "Failed"), Cancelled));

        Assert.Equal("Completed", (await Store.FindAsync(added.Key, Cancelled))?.Status);
    }

    [Fact]
    public async Task TryUpdateAsync_DeletedAndMadeAgain_ReturnsNull()
    {
        var first = await _fixture.AddAsync("job");
        await Store.DeleteAsync(first.Key, cancellationToken: Cancelled);
        await _fixture.AddAsync("job", "Second");

        Assert.Null(await Store.TryUpdateAsync(Update(first, "Failed"), Cancelled));

        Assert.Equal("Second", (await Store.FindAsync(first.Key, Cancelled))?.Status);
    }

    [Fact]
    public async Task TryUpdateAsync_NullAttributes_KeepsThePresentOnes()
    {
        var added = await Store.TryAddAsync(
            Draft("job") with { Attributes = [ResourceAttribute.Of("group", "g"), ResourceAttribute.Of("score", 0.5)] },
            Cancelled);
        var query = All with
        {
            Attributes = [AttributeFilter.Equal("group", "g"), AttributeFilter.Between("score", 0.4, 0.6)],
        };

        var updated = await Store.TryUpdateAsync(Update(added!, "Completed"), Cancelled);
        Assert.Equal(1, await Store.CountAsync(query, Cancelled));

        await Store.TryUpdateAsync(
            Update(updated!, "Completed") with { Attributes = [ResourceAttribute.Of("group", "g")] }, Cancelled);
        Assert.Equal(0, await Store.CountAsync(query, Cancelled));
    }

    [Fact]
    public async Task DeleteAsync_OtherVersion_LeavesIt()
    {
        var added = await _fixture.AddAsync("job");

        Assert.False(await Store.DeleteAsync(added.Key, added.Version + 1, Cancelled));
        Assert.True(await Store.DeleteAsync(added.Key, added.Version, Cancelled));
        Assert.False(await Store.DeleteAsync(added.Key, cancellationToken: Cancelled));
        Assert.Null(await Store.FindByArnAsync(added.Arn, Cancelled));
    }

    [Fact]
    public async Task ScanAsync_ManyOfTheKind_GoesThroughEveryAccountAndRegionOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 1203).Select(i => Store.TryAddAsync(
            new ResourceDraft
            {
                Key = new ResourceKey($"{i % 3:000000000000}", $"region-{i % 2}", Kind, $"job-{i}"),
                Arn = $"arn:{i}",
                Status = "InProgress",
                Body = default,
            },
            Cancelled).AsTask()));
        await Store.TryAddAsync(Draft("model") with { Key = Key("model", "Model") }, Cancelled);

        var seen = await Store.ScanAsync(Kind, Cancelled).Select(heading => heading.Key.Name).ToListAsync(Cancelled);

        Assert.Equal(1203, seen.Count);
        Assert.Equal(1203, seen.Distinct().Count());
    }

    [Fact]
    public async Task Leases_OwnedByOne_AreRefusedToOthersUntilTheyRunOut()
    {
        var minute = TimeSpan.FromMinutes(1);
        Assert.True(await Store.TryAcquireAsync("work", "a", minute, Cancelled));
        Assert.True(await Store.TryAcquireAsync("work", "a", minute, Cancelled));
        Assert.False(await Store.TryAcquireAsync("work", "b", minute, Cancelled));
        Assert.False(await Store.RenewAsync("work", "b", minute, Cancelled));

        _fixture.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.True(await Store.RenewAsync("work", "a", minute, Cancelled));
        _fixture.Clock.Advance(minute);
        Assert.False(await Store.RenewAsync("work", "a", minute, Cancelled));
        Assert.True(await Store.TryAcquireAsync("work", "b", minute, Cancelled));
        Assert.False(await Store.TryAcquireAsync("work", "a", minute, Cancelled));

        await Store.ReleaseAsync("work", "a", Cancelled);
        Assert.False(await Store.TryAcquireAsync("work", "a", minute, Cancelled));
        await Store.ReleaseAsync("work", "b", Cancelled);
        Assert.True(await Store.TryAcquireAsync("work", "a", minute, Cancelled));
    }
}
