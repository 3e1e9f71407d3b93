using System.Buffers;
using System.Text.Json;
using Sagebrush.State.Resources;
using static Sagebrush.State.Tests.Resources.ResourceStoreFixture;

namespace Sagebrush.State.Tests.Resources;

public sealed class ResourceSetTests : IAsyncDisposable
{
    private static readonly ResourceKind<Counter> Counters = new("Counter", new CounterSerializer())
    {
        Status = counter => counter.Value < 10 ? "Counting" : "Done",
        Parent = counter => counter.Owner,
        Attributes = counter => [ResourceAttribute.Of("value", counter.Value)],
    };

    private readonly ResourceStoreFixture _fixture = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private ResourceSet<Counter> Set => _fixture.Store.For(Counters);

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task UpdateAsync_ManyAtOnce_LosesNone()
    {
        await AddAsync("c");

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(
            async () => await Set.UpdateAsync(Account, Region, "c", c => c with { Value = c.Value + 1 }, Cancelled),
            Cancelled)));

        var stored = await Set.FindAsync(Account, Region, "c", Cancelled);
        Assert.Equal(40, stored?.Document.Value);
    }

    [Fact]
    public async Task UpdateAsync_StatusParentAndAttributes_FollowTheDocument()
    {
        await AddAsync("c");
        await Set.UpdateAsync(Account, Region, "c", c => c with { Value = 12, Owner = "me" }, Cancelled);

        var query = new ResourceQuery
        {
            Account = Account,
            Region = Region,
            Kind = "Counter",
            Status = "Done",
            Parent = "me",
            Attributes = [AttributeFilter.Equal("value", 12)],
        };

        Assert.Equal(12, Assert.Single((await Set.ListAsync(query, Cancelled)).Items).Document.Value);
    }

    [Fact]
    public async Task UpdateAsync_NothingToChange_KeepsTheVersion()
    {
        var added = await AddAsync("c");

        var result = await Set.UpdateAsync(added.Key, _ => null, Cancelled);

        Assert.Equal(added.Version, result?.Version);
    }

    [Fact]
    public async Task UpdateAsync_NoSuchResource_ReturnsNull() =>
        Assert.Null(await Set.UpdateAsync(Account, Region, "c", c => c, Cancelled));

    [Fact]
    public async Task FindByArnAsync_OtherKind_FindsNothing()
    {
        await _fixture.AddAsync("job");

        Assert.Null(await Set.FindByArnAsync(Arn("job"), Cancelled));
    }

    [Fact]
    public async Task FindAsync_KeyOfAnotherKind_Throws() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await Set.FindAsync(Key("job"), Cancelled));

    private async Task<Stored<Counter>> AddAsync(string name) =>
        (await Set.TryAddAsync(Set.Key(Account, Region, name), "arn:" + name, new Counter(0, null), null, Cancelled))!;

    private sealed record Counter(int Value, string? Owner);

    private sealed class CounterSerializer : IDocumentSerializer<Counter>
    {
        public void Write(Counter document, IBufferWriter<byte> output)
        {
            using var writer = new Utf8JsonWriter(output);
            JsonSerializer.Serialize(writer, document);
        }

        public Counter Read(ReadOnlySpan<byte> body) => JsonSerializer.Deserialize<Counter>(body)!;
    }
}
