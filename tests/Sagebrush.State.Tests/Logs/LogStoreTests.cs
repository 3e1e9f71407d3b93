using Sagebrush.State.Logs;
using Sagebrush.State.Paging;
using static Sagebrush.State.Tests.Logs.LogStoreFixture;

namespace Sagebrush.State.Tests.Logs;

public sealed class LogStoreTests : IAsyncDisposable
{
    private readonly LogStoreFixture _fixture = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private SqliteLogStore Store => _fixture.Store;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task AppendAsync_Acknowledged_IsReadAfterReopening()
    {
        await _fixture.AppendAsync("s", new LogLine(5, "fünf"), new LogLine(7, "seven"));
        await _fixture.ReopenAsync();

        var events = await Store.ReadAsync(Group.Stream("s"), new LogRead(), Cancelled);

        Assert.Equal([(5L, "fünf"), (7L, "seven")], events!.Select(one => (one.Timestamp, one.Message)));
        Assert.All(events!, one => Assert.Equal(_fixture.Now, one.Ingested));
    }

    [Fact]
    public async Task AppendAsync_NoSuchStream_ReturnsFalse()
    {
        Assert.False(await Store.AppendAsync(Group.Stream("s"), [new LogLine(1, "x")], Cancelled));
        Assert.Null(await Store.ReadAsync(Group.Stream("s"), new LogRead(), Cancelled));
        Assert.Equal(CreateStreamOutcome.NoSuchGroup, await Store.CreateStreamAsync(Group.Stream("s"), Cancelled));
    }

    [Fact]
    public async Task AppendAsync_OutOfOrder_IsReadInOrderOfTimeThenArrival()
    {
        await _fixture.AppendAsync("s", new LogLine(5, "b"), new LogLine(3, "a"));
        await _fixture.AppendAsync("s", new LogLine(5, "c"), new LogLine(4, "ab"));

        Assert.Equal(["a", "ab", "b", "c"], await _fixture.MessagesAsync("s", new LogRead()));
    }

    [Fact]
    public async Task AppendAsync_Always_KeepsTheSizesAndTimesOfStreamAndGroup()
    {
        await _fixture.AppendAsync("s", new LogLine(5, "ä"), new LogLine(3, "abc"));
        await _fixture.AppendAsync("t", new LogLine(9, "x"));

        var stream = await Store.FindStreamAsync(Group.Stream("s"), Cancelled);
        var group = await Store.FindGroupAsync(Group, Cancelled);

        Assert.Equal((3, 5, _fixture.Now), (stream!.FirstEvent, stream.LastEvent, stream.LastIngestion));
        Assert.Equal(5 + (2 * 26), stream.StoredBytes);
        Assert.Equal(6 + (3 * 26), group!.StoredBytes);
    }

    [Fact]
    public async Task ReadAsync_TimeRange_IncludesItsStartOnly()
    {
        await _fixture.AppendAsync("s", [.. Enumerable.Range(0, 10).Select(i => new LogLine(i, $"{i}"))]);

        Assert.Equal(["3", "4"], await _fixture.MessagesAsync("s", new LogRead { StartTime = 3, EndTime = 5 }));
    }

    [Fact]
    public async Task ReadAsync_MoreThanALimit_TakesTheHeadOrTheTail()
    {
        await _fixture.AppendAsync("s", [.. Enumerable.Range(0, 10).Select(i => new LogLine(i, $"{i}"))]);

        Assert.Equal(["0", "1"], await _fixture.MessagesAsync("s", new LogRead { Limit = 2, FromHead = true }));
        Assert.Equal(["8", "9"], await _fixture.MessagesAsync("s", new LogRead { Limit = 2 }));
        Assert.Equal(["7", "8", "9"], await _fixture.MessagesAsync("s", new LogRead { MaxBytes = 3 * 27 }));
        Assert.Equal(["9"], await _fixture.MessagesAsync("s", new LogRead { MaxBytes = 1 }));
    }

    [Fact]
    public async Task DeleteStreamAsync_MadeAgain_IsEmptyAndSweepFreesTheEvents()
    {
        await _fixture.AppendAsync("s", [.. Enumerable.Range(0, 12_000).Select(i => new LogLine(i, "line"))]);
        await _fixture.AppendAsync("t", new LogLine(1, "kept"));

        Assert.True(await Store.DeleteStreamAsync(Group.Stream("s"), Cancelled));
        Assert.False(await Store.DeleteStreamAsync(Group.Stream("s"), Cancelled));
        await _fixture.AppendAsync("s", new LogLine(1, "new"));

        Assert.Equal(["new"], await _fixture.MessagesAsync("s", new LogRead()));
        Assert.Equal(12_000, await Store.SweepAsync(Cancelled));
        Assert.Equal(0, await Store.SweepAsync(Cancelled));
        Assert.Equal(["new"], await _fixture.MessagesAsync("s", new LogRead()));
        Assert.Equal(["kept"], await _fixture.MessagesAsync("t", new LogRead()));
        Assert.Equal(7 + (2 * 26), (await Store.FindGroupAsync(Group, Cancelled))!.StoredBytes);
    }

    [Fact]
    public async Task DeleteGroupAsync_WithStreams_TakesThemAlong()
    {
        await _fixture.AppendAsync("s", new LogLine(1, "x"));

        Assert.True(await Store.DeleteGroupAsync(Group, Cancelled));

        Assert.False(await Store.DeleteGroupAsync(Group, Cancelled));
        Assert.Null(await Store.FindStreamAsync(Group.Stream("s"), Cancelled));
        Assert.Null(await Store.ListStreamsAsync(new LogStreamQuery { Group = Group }, Cancelled));
        Assert.Equal(1, await Store.SweepAsync(Cancelled));
    }

    [Fact]
    public async Task SweepAsync_RetentionSet_DeletesWhatIsOlder()
    {
        var day = (long)TimeSpan.FromDays(1).TotalMilliseconds;
        var now = _fixture.Now;
        await _fixture.AppendAsync(
            "s", new LogLine(now - (3 * day), "old"), new LogLine(now - day, "edge"), new LogLine(now, "new"));
        Assert.Equal(0, await Store.SweepAsync(Cancelled));

        Assert.True(await Store.SetRetentionAsync(Group, 1, Cancelled));
        Assert.Equal(1, await Store.SweepAsync(Cancelled));
        Assert.Equal(["edge", "new"], await _fixture.MessagesAsync("s", new LogRead()));
        Assert.Equal(now - day, (await Store.FindStreamAsync(Group.Stream("s"), Cancelled))!.FirstEvent);

        _fixture.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(2, await Store.SweepAsync(Cancelled));
        var stream = await Store.FindStreamAsync(Group.Stream("s"), Cancelled);
        Assert.Equal((null, null, 0), (stream!.FirstEvent, stream.LastEvent, stream.StoredBytes));
    }

    [Fact]
    public async Task ListGroupsAsync_PrefixAndPart_SelectAndPageByName()
    {
        foreach (var name in new[] { "/a/Two", "/a/one", "/a/three", "/b/one" })
        {
            Assert.True(await Store.TryCreateGroupAsync(Group with { Name = name }, cancellationToken: Cancelled));
            Assert.False(await Store.TryCreateGroupAsync(Group with { Name = name }, cancellationToken: Cancelled));
        }

        var query = new LogGroupQuery { Account = Group.Account, Region = Group.Region, PageSize = 2 };

        Assert.Equal(["/a/Two", "/a/one", "/a/three"], await GroupsAsync(query with { Prefix = "/a/" }));
        Assert.Equal(["/a/one", "/b/one"], await GroupsAsync(query with { Contains = "one" }));
        Assert.Empty(await GroupsAsync(query with { Contains = "ONE" }));
        Assert.Empty(await GroupsAsync(query with { Region = "eu-west-1" }));
    }

    [Fact]
    public async Task ListStreamsAsync_EitherOrder_PagesThroughAll()
    {
        foreach (var (name, time) in new[] { ("b", 30), ("a", 10), ("c", 20), ("ab", 10) })
        {
            await _fixture.AppendAsync(name, new LogLine(time, "x"));
        }

        await Store.CreateStreamAsync(Group.Stream("empty"), Cancelled);
        var query = new LogStreamQuery { Group = Group, PageSize = 2 };

        Assert.Equal(["a", "ab", "b", "c", "empty"], await StreamsAsync(query));
        Assert.Equal(["empty", "c", "b", "ab", "a"], await StreamsAsync(query with { Descending = true }));
        Assert.Equal(["a", "ab"], await StreamsAsync(query with { Prefix = "a" }));
        Assert.Equal(["empty", "a", "ab", "c", "b"], await StreamsAsync(query with { OrderByLastEvent = true }));
        Assert.Equal(
            ["b", "c", "ab", "a", "empty"],
            await StreamsAsync(query with { OrderByLastEvent = true, Descending = true }));
        var token = (await Store.ListStreamsAsync(query, Cancelled))!.NextToken;
        await Assert.ThrowsAsync<InvalidPageTokenException>(
            async () => await Store.ListStreamsAsync(query with { PageToken = token, Descending = true }, Cancelled));
    }

    [Fact]
    public async Task ChangeTagsAsync_UpToTheLimit_PutsAndRemoves()
    {
        await Store.TryCreateGroupAsync(Group, new Dictionary<string, string> { ["a"] = "1", ["b"] = "1" }, Cancelled);

        Assert.Equal(-1, await ChangeTagsAsync([], "c", "d"));
        Assert.Equal(3, await ChangeTagsAsync([], "b", "c"));
        Assert.Equal(3, await ChangeTagsAsync(["a", "x"], "d"));

        Assert.Equal(["b", "c", "d"], (await Store.FindTagsAsync(Group, Cancelled))!.Keys);
        Assert.Equal("2", (await Store.FindTagsAsync(Group, Cancelled))!["b"]);
        Assert.Null(await Store.FindTagsAsync(Group with { Name = "other" }, Cancelled));
    }

    [Fact]
    public async Task FilterAsync_BudgetSpentWithoutAMatch_ReturnsAnEmptyPageAndAToken()
    {
        await _fixture.AppendAsync("s", [.. Enumerable.Range(0, 25).Select(i => new LogLine(i, $"{i}"))]);
        var filter = new LogFilter { Group = Group, MaxScanned = 10, Match = message => message == "24", Pattern = "24" };

        var first = await Store.FilterAsync(filter, Cancelled);
        var second = await Store.FilterAsync(filter with { PageToken = first!.NextToken }, Cancelled);
        var third = await Store.FilterAsync(filter with { PageToken = second!.NextToken }, Cancelled);

        Assert.Empty(first.Events);
        Assert.Empty(second.Events);
        Assert.Equal("24", Assert.Single(third!.Events).Event.Message);
        Assert.Null(third.NextToken);
        await Assert.ThrowsAsync<InvalidPageTokenException>(
            async () => await Store.FilterAsync(filter with { Pattern = "25", PageToken = first.NextToken }, Cancelled));
    }

    private ValueTask<int?> ChangeTagsAsync(string[] remove, params string[] put) =>
        Store.ChangeTagsAsync(Group, put.ToDictionary(key => key, _ => "2"), remove, 3, Cancelled);

    private async Task<List<string>> GroupsAsync(LogGroupQuery query)
    {
        var names = new List<string>();
        LogGroupPage page;
        do
        {
            page = await Store.ListGroupsAsync(query, Cancelled);
            names.AddRange(page.Groups.Select(group => group.Key.Name));
            query = query with { PageToken = page.NextToken };
        }
        while (page.NextToken is not null);
        return names;
    }

    private async Task<List<string>> StreamsAsync(LogStreamQuery query)
    {
        var names = new List<string>();
        LogStreamPage? page;
        do
        {
            page = await Store.ListStreamsAsync(query, Cancelled);
            names.AddRange(page!.Streams.Select(stream => stream.Key.Name));
            query = query with { PageToken = page.NextToken };
        }
        while (page.NextToken is not null);
        return names;
    }
}
