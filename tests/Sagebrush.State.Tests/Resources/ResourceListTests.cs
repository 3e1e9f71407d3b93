using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using static Sagebrush.State.Tests.Resources.ResourceStoreFixture;

namespace Sagebrush.State.Tests.Resources;

public sealed class ResourceListTests : IAsyncDisposable
{
    private readonly ResourceStoreFixture _fixture = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<ResourceSort, bool, bool> Orders()
    {
        var data = new TheoryData<ResourceSort, bool, bool>();
        foreach (var sort in Enum.GetValues<ResourceSort>())
        {
            data.Add(sort, false, false);
            data.Add(sort, true, false);
            data.Add(sort, false, true);
            data.Add(sort, true, true);
        }

        return data;
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task ListAsync_TokenOfAnotherQuery_IsRefused()
    {
        await AddAsync("a", "b", "c");
        var query = All with { PageSize = 1 };
        var token = (await _fixture.Store.ListAsync(query, Cancelled)).NextToken;
        ResourceQuery[] others =
        [
            query with { Descending = true },
            query with { SortBy = ResourceSort.Name },
            query with { Status = "InProgress" },
            query with { NameContains = "" },
            query with { Region = "eu-west-1" },
            query with { CreatedAfter = DateTimeOffset.UnixEpoch },
            query with { ModifiedAfter = DateTimeOffset.UnixEpoch },
            query with { Attributes = [AttributeFilter.Equal("x", 1)] },
        ];

        foreach (var other in others)
        {
            await Assert.ThrowsAsync<InvalidPageTokenException>(
                async () => await _fixture.Store.ListAsync(other with { PageToken = token }, Cancelled));
        }

        var next = await _fixture.Store.ListAsync(query with { PageToken = token, PageSize = 5 }, Cancelled);
        Assert.Equal(["b", "c"], next.Items.Select(item => item.Key.Name));
    }

    [Fact]
    public async Task ListAsync_AlteredToken_IsRefused()
    {
        await AddAsync("a", "b", "c");
        var token = (await _fixture.Store.ListAsync(All with { PageSize = 1 }, Cancelled)).NextToken!;
        string[] altered =
        [
            "", "x", "!!!", new string('A', 100_000), token + "A", token[..^4],
            .. token.Select((letter, i) => token[..i] + (letter == 'A' ? 'B' : 'A') + token[(i + 1)..]),
        ];

        foreach (var bad in altered.Where(bad => bad != token))
        {
            await Assert.ThrowsAsync<InvalidPageTokenException>(
                async () => await _fixture.Store.ListAsync(All with { PageSize = 1, PageToken = bad }, Cancelled));
        }
    }

    [Fact]
    public async Task ListAsync_AfterReopening_GoesOnFromItsToken()
    {
        await AddAsync("a", "b", "c");
        var first = await _fixture.Store.ListAsync(All with { PageSize = 2 }, Cancelled);
        await _fixture.ReopenAsync();

        var second = await _fixture.Store.ListAsync(All with { PageSize = 2, PageToken = first.NextToken }, Cancelled);

        Assert.Equal(["c"], second.Items.Select(item => item.Key.Name));
        Assert.Null(second.NextToken);
    }

    [Fact]
    public async Task ListAsync_NameContains_IgnoresCaseAndTakesWildcardsLiterally()
    {
        await AddAsync("Alpha-1", "beta_1", "100%");

        Assert.Equal(["Alpha-1"], await NamesAsync(All with { NameContains = "ALPHA" }));
        Assert.Equal(["beta_1"], await NamesAsync(All with { NameContains = "_" }));
        Assert.Equal(["100%"], await NamesAsync(All with { NameContains = "%" }));
    }

    [Fact]
    public async Task ListAsync_TimeRanges_ExcludeTheirEnds()
    {
        var start = _fixture.Clock.GetUtcNow();
        foreach (var name in new[] { "a", "b", "c" })
        {
            await AddAsync(name);
            _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["b", "c"], await NamesAsync(All with { CreatedAfter = start }));
        Assert.Equal(["a"], await NamesAsync(All with { CreatedBefore = start.AddSeconds(1) }));
        Assert.Equal(["a", "b"], await NamesAsync(All with { CreatedBefore = start.AddSeconds(1).AddTicks(1) }));
        Assert.Equal(["b"], await NamesAsync(
            All with { ModifiedAfter = start.AddTicks(1), ModifiedBefore = start.AddSeconds(2) }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    public async Task ListAsync_PageSizeOutOfRange_Throws(int size) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await _fixture.Store.ListAsync(All with { PageSize = size }, Cancelled));

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task ListAsync_EveryOrder_ReadsOneIndexWithoutSorting(ResourceSort sort, bool descending, bool status)
    {
        await using var database = State.Sqlite.SqliteDatabase.Open(new State.Sqlite.SqliteDatabaseOptions
        {
            Path = _fixture.Path + ".plan",
            Migrations = ResourceSchema.Migrations,
        });
        var query = All with { SortBy = sort, Descending = descending, Status = status ? "InProgress" : null };

        var plan = database.Read(session =>
        {
            using var statement = session.Prepare("EXPLAIN QUERY PLAN " + ResourceListSql.Page(query, "body", null).Text);
            var steps = new List<string>();
            while (statement.Step())
            {
                steps.Add(statement.GetString(3));
            }

            return string.Join('\n', steps);
        });

        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
        Assert.Contains("SEARCH resource USING INDEX", plan, StringComparison.Ordinal);
    }

    private async Task AddAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await _fixture.AddAsync(name);
        }
    }

    private async Task<IEnumerable<string>> NamesAsync(ResourceQuery query)
    {
        var page = await _fixture.Store.ListAsync(query, Cancelled);
        Assert.Equal(page.Items.Count, await _fixture.Store.CountAsync(query, Cancelled));
        return page.Items.Select(item => item.Key.Name);
    }
}
