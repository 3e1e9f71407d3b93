using Sagebrush.State.Resources;
using static Sagebrush.State.Tests.Resources.ResourceStoreFixture;

namespace Sagebrush.State.Tests.Resources;

public sealed class ChangeFeedTests : IAsyncDisposable
{
    private readonly ResourceStoreFixture _fixture = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Subscribe_ChangesOfTheKind_ComeInCommitOrderWithTheirVersions()
    {
        using var subscription = _fixture.Store.Subscribe(new HashSet<string> { Kind });
        var added = await _fixture.AddAsync("job");
        await _fixture.Store.TryAddAsync(Draft("model") with { Key = Key("model", "Model") }, Cancelled);
        Assert.Null(await _fixture.Store.TryAddAsync(Draft("job"), Cancelled));
        var updated = await _fixture.Store.TryUpdateAsync(Update(added, "Completed"), Cancelled);
        await _fixture.Store.DeleteAsync(added.Key, cancellationToken: Cancelled);

        var seen = await subscription.ReadAllAsync(Cancelled).Take(3).ToListAsync(Cancelled);

        Assert.Equal(new(ResourceChangeType.Added, added.Key, added.Version), seen[0]);
        Assert.Equal(new(ResourceChangeType.Updated, added.Key, updated!.Version), seen[1]);
        Assert.Equal((ResourceChangeType.Deleted, added.Key), (seen[2].Type, seen[2].Key));
        Assert.True(seen[2].Version > seen[1].Version);
    }

    [Fact]
    public async Task Subscribe_ReaderTooSlow_IsToldToResyncOnceAndThenGoesOn()
    {
        using var subscription = _fixture.Store.Subscribe(capacity: 3);
        foreach (var i in Enumerable.Range(0, 10))
        {
            await _fixture.AddAsync($"job-{i}");
        }

        await using var reader = subscription.ReadAllAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        var seen = new List<ResourceChange>();
        for (var i = 0; i < 4; i++)
        {
            Assert.True(await reader.MoveNextAsync());
            seen.Add(reader.Current);
        }

        await _fixture.AddAsync("later");
        Assert.True(await reader.MoveNextAsync());

        Assert.Equal(["job-0", "job-1", "job-2"], seen.Take(3).Select(change => change.Key.Name));
        Assert.Equal(ResourceChangeType.Resync, seen[3].Type);
        Assert.Equal("later", reader.Current.Key.Name);
    }

    [Fact]
    public async Task Subscribe_StoreDisposed_Ends()
    {
        using var subscription = _fixture.Store.Subscribe();
        var reading = subscription.ReadAllAsync(Cancelled).ToListAsync(Cancelled).AsTask();
        await _fixture.AddAsync("job");
        await _fixture.Store.DisposeAsync();

        Assert.Single(await reading);
    }
}
