using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Sagebrush.Contracts.Logs;
using Sagebrush.Services.Logs;
using Sagebrush.Services.Logs.MetricFilters;
using Sagebrush.State.Logs;
using Sagebrush.State.Metrics;
using Sagebrush.State.Resources;
using Sagebrush.Testing;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Tests.Logs;

/// <summary>The operations of CloudWatch Logs over a store in a folder of its own, on a clock turned by hand.</summary>
internal sealed class LogsFixture : IAsyncDisposable
{
    public const string Group = "/aws/sagemaker/TrainingJobs";
    public const string StreamName = "job/algo-1-1700000000";

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteLogStore _store;
    private readonly SqliteResourceStore _resources;

    public LogsFixture()
    {
        _store = SqliteLogStore.Open(_folder["logs.db"], Clock);
        _resources = SqliteResourceStore.Open(_folder["resources.db"], Clock);
        Metrics = SqliteMetricStore.Open(_folder["metrics.db"], Clock);
        Publisher = new MetricPublisher(Metrics, Clock, NullLogger<MetricPublisher>.Instance);
        Feed = new MetricFilterFeed(_resources, _store, Publisher);
        MetricFilters = new MetricFilterOperations(_resources, _store, Feed);
        Groups = new LogGroupOperations(_store, MetricFilters);
        Streams = new LogStreamOperations(_store);
        Tags = new LogTagOperations(_store);
        Put = new PutLogEventsOperation(_store, Clock);
        Get = new GetLogEventsOperation(_store);
        Filter = new FilterLogEventsOperation(_store);
    }

    public static CallContext Context { get; } = new()
    {
        AccountId = "000000000000",
        Region = "us-east-1",
        Principal = new Principal("000000000000", "arn:aws:iam::000000000000:root", "000000000000"),
        RequestId = "test",
        Http = new DefaultHttpContext(),
    };

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ManualTimeProvider Clock { get; } = new();

    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public SqliteMetricStore Metrics { get; }

    public MetricPublisher Publisher { get; }

    public MetricFilterFeed Feed { get; }

    public MetricFilterOperations MetricFilters { get; }

    public LogGroupOperations Groups { get; }

    public LogStreamOperations Streams { get; }

    public LogTagOperations Tags { get; }

    public PutLogEventsOperation Put { get; }

    public GetLogEventsOperation Get { get; }

    public FilterLogEventsOperation Filter { get; }

    public async Task CreateAsync(string group = Group, params string[] streams)
    {
        await Groups.CreateAsync(new CreateLogGroupRequest { LogGroupName = group }, Context, Cancelled);
        foreach (var stream in streams)
        {
            await Streams.CreateAsync(
                new CreateLogStreamRequest { LogGroupName = group, LogStreamName = stream }, Context, Cancelled);
        }
    }

    public ValueTask<PutLogEventsResponse> PutAsync(string stream, params (long Time, string Message)[] events) =>
        Put.InvokeAsync(
            new PutLogEventsRequest
            {
                LogGroupName = Group,
                LogStreamName = stream,
                LogEvents = [.. events.Select(one => new InputLogEvent { Timestamp = one.Time, Message = one.Message })],
            },
            Context,
            Cancelled);

    public ValueTask<GetLogEventsResponse> GetAsync(string? token = null, int? limit = null, bool? fromHead = null) =>
        Get.InvokeAsync(
            new GetLogEventsRequest
            {
                LogGroupName = Group,
                LogStreamName = StreamName,
                NextToken = token,
                Limit = limit,
                StartFromHead = fromHead,
            },
            Context,
            Cancelled);

    public ValueTask<FilterLogEventsResponse> FilterAsync(Action<FilterLogEventsRequest>? change = null)
    {
        var request = new FilterLogEventsRequest { LogGroupName = Group };
        change?.Invoke(request);
        return Filter.InvokeAsync(request, Context, Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await Publisher.DisposeAsync();
        await Metrics.DisposeAsync();
        await _resources.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }
}
