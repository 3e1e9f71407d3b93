using Sagebrush.State.Metrics;
using Sagebrush.State.Paging;
using Sagebrush.Testing;

namespace Sagebrush.State.Tests.Metrics;

public sealed class MetricStoreTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();
    private SqliteMetricStore _store;

    public MetricStoreTests() => _store = Open();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private long Now => _clock.GetUtcNow().ToUnixTimeSeconds();

    [Fact]
    public async Task ReadAsync_ValuesOfOneMinute_AreJoinedByPeriodAndUnit()
    {
        var start = Now;
        await PutAsync(Sample(start, 1), Sample(start + 59, 3), Sample(start + 60, 10), Sample(start, 5, unit: MetricUnits.Count));

        var minutes = await ReadAsync(start, start + 120, 60, byUnit: true);

        Assert.Equal(
            [(start, "Count", 1, 5.0), (start, "None", 2, 4.0), (start + 60, "None", 1, 10.0)],
            minutes.Select(point => (point.Time, point.Unit!, (int)point.Values.SampleCount, point.Values.Sum)));
        var both = Assert.Single(await ReadAsync(start, start + 120, 300));
        Assert.Equal((4, 19.0, 1.0, 10.0), ((int)both.Values.SampleCount, both.Values.Sum, both.Values.Minimum, both.Values.Maximum));
    }

    [Fact]
    public async Task PutAsync_AgainForTheSamePeriod_AddsAndSurvivesReopening()
    {
        await PutAsync(Sample(Now, 1));
        await PutAsync(Sample(Now + 1, 2));
        await _store.DisposeAsync();
        _store = Open();
        await PutAsync(Sample(Now + 2, 3));

        var point = Assert.Single(await ReadAsync(Now, Now + 60, 60, distribution: true));

        Assert.Equal(3, point.Values.SampleCount);
        Assert.Equal([(1, 1), (2, 1), (3, 1)], point.Values.Distribution!.Values().Select(one => ((int)one.Value, (int)one.Count)));
    }

    [Fact]
    public async Task ReadAsync_ShorterPeriodThanStored_FindsHighResolutionOnly()
    {
        await PutAsync(Sample(Now + 1, 1), Sample(Now + 1, 2, highResolution: true), Sample(Now + 3, 4, highResolution: true));

        Assert.Equal([2.0, 4.0], (await ReadAsync(Now, Now + 10, 1)).Select(point => point.Values.Sum));
        Assert.Equal(7, Assert.Single(await ReadAsync(Now, Now + 60, 60)).Values.Sum);
    }

    [Fact]
    public async Task SweepAsync_AsTimePasses_MakesValuesCoarserAndKeepsTheirSum()
    {
        var start = Now;
        await PutAsync([.. Enumerable.Range(0, 600).Select(i => Sample(start + i, 1, highResolution: true))]);

        await AgeAsync(TimeSpan.FromHours(4));
        Assert.Empty(await ReadAsync(start, start + 3600, 1));
        Assert.Equal(10, (await ReadAsync(start, start + 3600, 60)).Count);

        await AgeAsync(TimeSpan.FromDays(16));
        Assert.Empty(await ReadAsync(start, start + 3600, 60));
        Assert.Equal([300.0, 300.0], (await ReadAsync(start, start + 3600, 300)).Select(point => point.Values.Sum));

        await AgeAsync(TimeSpan.FromDays(64));
        Assert.Empty(await ReadAsync(start, start + 3600, 300));
        Assert.Equal(600, Assert.Single(await ReadAsync(start, start + 3600, 3600)).Values.SampleCount);

        await AgeAsync(TimeSpan.FromDays(456));
        Assert.Empty(await ReadAsync(start, start + 3600, 3600));
        Assert.Empty((await _store.ListAsync(Query(), Cancelled)).Metrics);
    }

    [Fact]
    public async Task PutAsync_LateValues_GoWhereTheirAgeBelongs()
    {
        await PutAsync(Sample(Now - (4 * 3600), 1, highResolution: true), Sample(Now - (13 * 86_400), 2));

        Assert.Empty(await ReadAsync(Now - (20 * 86_400), Now, 1));
        Assert.Equal(2, (await ReadAsync(Now - (20 * 86_400), Now, 60)).Count);
    }

    [Fact]
    public async Task ListAsync_Paged_ReturnsEachMetricOnceInOrder()
    {
        await PutAsync([.. Enumerable.Range(0, 25).Select(i => Sample(Now, i, name: $"m{i % 5}", dimensions: MetricDimensions.Of(("Host", $"h{i}"), ("Kind", "a"))))]);

        var names = new List<string>();
        var query = Query() with { PageSize = 4 };
        do
        {
            var page = await _store.ListAsync(query, Cancelled);
            names.AddRange(page.Metrics.Select(metric => $"{metric.Name} {metric.Dimensions}"));
            query = query with { PageToken = page.NextToken };
        }
        while (query.PageToken is not null);

        Assert.Equal(25, names.Distinct().Count());
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public async Task ListAsync_ByNameAndDimensions_FindsThoseThatHaveThem()
    {
        await PutAsync(
            Sample(Now, 1, dimensions: MetricDimensions.Of(("Host", "a"), ("Kind", "x"))),
            Sample(Now, 1, dimensions: MetricDimensions.Of(("Host", "b"))),
            Sample(Now - 86_400, 1, name: "old", dimensions: MetricDimensions.Of(("Host", "a"))));

        Assert.Equal(2, (await _store.ListAsync(Query() with { Dimensions = [("Host", "a")] }, Cancelled)).Metrics.Count);
        Assert.Equal(3, (await _store.ListAsync(Query() with { Dimensions = [("Host", null)] }, Cancelled)).Metrics.Count);
        Assert.Equal("x", Assert.Single((await _store.ListAsync(Query() with { Dimensions = [("Host", null), ("Kind", null)] }, Cancelled)).Metrics).Dimensions.Find("Kind"));
        Assert.Equal("old", Assert.Single((await _store.ListAsync(Query() with { Name = "old" }, Cancelled)).Metrics).Name);
        Assert.Equal(2, (await _store.ListAsync(Query() with { ActiveSince = Now - 3600 }, Cancelled)).Metrics.Count);
    }

    [Fact]
    public async Task ListAsync_TokenOfAnotherQuery_IsRefused()
    {
        await PutAsync(Sample(Now, 1, name: "a"), Sample(Now, 1, name: "b"));
        var page = await _store.ListAsync(Query() with { PageSize = 1 }, Cancelled);

        await Assert.ThrowsAsync<InvalidPageTokenException>(async () => await _store.ListAsync(Query() with { Name = "b", PageToken = page.NextToken }, Cancelled));
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private static MetricKey Key(string name = "m", MetricDimensions? dimensions = null) =>
        new("000000000000", "us-east-1", "Test", name, dimensions ?? MetricDimensions.None);

    private static MetricSample Sample(
        long time, double value, string name = "m", MetricDimensions? dimensions = null, string unit = MetricUnits.None, bool highResolution = false) =>
        new(Key(name, dimensions), time, unit, StatisticSet.Of(value), highResolution);

    private static MetricListQuery Query() => new() { Account = "000000000000", Region = "us-east-1" };

    private SqliteMetricStore Open() => SqliteMetricStore.Open(_folder["metrics.db"], _clock);

    private async Task AgeAsync(TimeSpan age)
    {
        _clock.Advance(age);
        Assert.True(await _store.SweepAsync(Cancelled) > 0);
    }

    private ValueTask PutAsync(params MetricSample[] samples) => _store.PutAsync(samples, Cancelled);

    private ValueTask<IReadOnlyList<MetricDatapoint>> ReadAsync(long start, long end, int period, bool byUnit = false, bool distribution = false) =>
        _store.ReadAsync(
            new MetricRead { Metric = Key(), Start = start, End = end, Period = period, ByUnit = byUnit, WithDistribution = distribution },
            Cancelled);
}
