using Sagebrush.Contracts.Logs;
using Sagebrush.State.Metrics;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Tests.Logs;

public sealed class MetricFilterTests : IAsyncDisposable
{
    private readonly LogsFixture _logs = new();

    [Fact]
    public async Task PutLogEvents_MatchingMessages_BecomeValuesWithDimensions()
    {
        await _logs.CreateAsync(streams: LogsFixture.StreamName);
        await _logs.Feed.StartAsync(LogsFixture.Cancelled);
        await PutAsync("latency", "{ $.kind = \"call\" }", "$.took", new() { ["Server"] = "$.server.name" });
        await PutAsync("bytes", "[ip, user, size > 100]", "$size");
        await PutAsync("lines", "", "1");
        await PutAsync("errors", "ERROR", "1", defaultValue: 0);

        await _logs.PutAsync(
            LogsFixture.StreamName,
            (_logs.Now, """{"kind": "call", "took": 12.5, "server": {"name": "a"}}"""),
            (_logs.Now, """{"kind": "call", "took": 7.5, "server": {"name": "a"}}"""),
            (_logs.Now, """{"kind": "call", "took": "slow", "server": {"name": "a"}}"""),
            (_logs.Now, """{"kind": "call", "took": 1}"""),
            (_logs.Now, "1.2.3.4 ada 300"),
            (_logs.Now, "1.2.3.4 ada 50"),
            (_logs.Now, "ERROR: no"));
        await _logs.Publisher.FlushAsync(LogsFixture.Cancelled);

        Assert.Equal((2, 20.0), await ReadAsync("latency", MetricDimensions.Of(("Server", "a"))));
        Assert.Equal((1, 300.0), await ReadAsync("bytes"));
        Assert.Equal((7, 7.0), await ReadAsync("lines"));
        Assert.Equal((7, 1.0), await ReadAsync("errors"));
    }

    [Fact]
    public async Task DeleteLogGroup_WithFilters_DeletesThemToo()
    {
        await _logs.CreateAsync(streams: LogsFixture.StreamName);
        await PutAsync("lines", "", "1");
        Assert.Single((await DescribeAsync()).MetricFilters!);

        await _logs.Groups.DeleteAsync(new DeleteLogGroupRequest { LogGroupName = LogsFixture.Group }, LogsFixture.Context, LogsFixture.Cancelled);

        Assert.Empty((await DescribeAsync()).MetricFilters!);
    }

    [Theory]
    [InlineData("{ $.a = ", "1")]
    [InlineData("ERROR", "$.took")]
    [InlineData("[ip, size]", "$other")]
    [InlineData("{ $.a = 1 }", "fast")]
    public async Task PutMetricFilter_ThatCannotWork_IsRefused(string pattern, string value)
    {
        await _logs.CreateAsync();

        var refusal = await Assert.ThrowsAsync<ServiceException>(async () => await PutAsync("m", pattern, value));

        Assert.Equal("InvalidParameterException", refusal.Code);
    }

    [Fact]
    public async Task TestMetricFilter_OfFieldsAndJson_TellsTheValues()
    {
        var fields = await TestAsync("[ip, ..., status = 4*, bytes]", "127.0.0.1 - - [10/Oct/2000] \"GET /x HTTP/1.0\" 404 1534", "too short");
        var json = await TestAsync("{ $.event.name = \"x*\" && $.code > 1 }", """{"event": {"name": "xyz"}, "code": 3}""");

        var match = Assert.Single(fields.Matches!);
        Assert.Equal(1, match.EventNumber);
        Assert.Equal(("127.0.0.1", "404", "1534"), (match.ExtractedValues!["$ip"], match.ExtractedValues["$status"], match.ExtractedValues["$bytes"]));
        Assert.Equal(new Dictionary<string, string> { ["$.event.name"] = "xyz", ["$.code"] = "3" }, Assert.Single(json.Matches!).ExtractedValues);
    }

    public ValueTask DisposeAsync() => _logs.DisposeAsync();

    private ValueTask<TestMetricFilterResponse> TestAsync(string pattern, params List<string> messages) => _logs.MetricFilters.TestAsync(
        new TestMetricFilterRequest { FilterPattern = pattern, LogEventMessages = messages }, LogsFixture.Context, LogsFixture.Cancelled);

    private ValueTask<DescribeMetricFiltersResponse> DescribeAsync() =>
        _logs.MetricFilters.DescribeAsync(new DescribeMetricFiltersRequest(), LogsFixture.Context, LogsFixture.Cancelled);

    private async Task PutAsync(string metric, string pattern, string value, Dictionary<string, string>? dimensions = null, double? defaultValue = null) =>
        await _logs.MetricFilters.PutAsync(
            new PutMetricFilterRequest
            {
                LogGroupName = LogsFixture.Group,
                FilterName = metric,
                FilterPattern = pattern,
                MetricTransformations =
                    [new MetricTransformation { MetricName = metric, MetricNamespace = "Test", MetricValue = value, Dimensions = dimensions, DefaultValue = defaultValue }],
            },
            LogsFixture.Context,
            LogsFixture.Cancelled);

    private async Task<(int Count, double Sum)> ReadAsync(string metric, MetricDimensions? dimensions = null)
    {
        var now = _logs.Now / 1000;
        var points = await _logs.Metrics.ReadAsync(
            new MetricRead
            {
                Metric = new MetricKey("000000000000", "us-east-1", "Test", metric, dimensions ?? MetricDimensions.None),
                Start = now - 600,
                End = now + 600,
                Period = 300,
            },
            LogsFixture.Cancelled);
        var values = Assert.Single(points).Values;
        return ((int)values.SampleCount, values.Sum);
    }
}
