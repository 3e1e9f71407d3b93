using Microsoft.Extensions.Logging.Abstractions;
using Sagebrush.State.Metrics;
using Sagebrush.Testing;

namespace Sagebrush.State.Tests.Metrics;

public sealed class MetricPublisherTests : IAsyncDisposable
{
    private static readonly MetricKey Key = new("000000000000", "us-east-1", "Test", "m", MetricDimensions.Of(("EndpointName", "e")));

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly SqliteMetricStore _store;

    public MetricPublisherTests() => _store = SqliteMetricStore.Open(_folder["metrics.db"], _clock);

    [Fact]
    public async Task Record_FromManyThreads_LosesNothing()
    {
        await using var publisher = Publisher();
        using var recorder = publisher.CreateRecorder(Key, MetricUnits.Microseconds);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 1; i <= 10_000; i++)
            {
                recorder.Record(i);
            }
        }, TestContext.Current.CancellationToken)));
        await publisher.FlushAsync(TestContext.Current.CancellationToken);

        var values = (await SingleAsync()).Values;
        Assert.Equal(40_000, values.SampleCount);
        Assert.Equal(4 * 50_005_000.0, values.Sum);
        Assert.Equal((1, 10_000), (values.Minimum, values.Maximum));
    }

    [Fact]
    public async Task Start_WhenTheIntervalHasPassed_WritesWhatWasPublished()
    {
        await using var publisher = Publisher();
        using var source = publisher.AddSource(time => publisher.Publish(Key, 2, MetricUnits.Count, time));
        publisher.Start();
        publisher.Publish(Key, 3, MetricUnits.Count);
        await Eventually.TrueAsync(() => _clock.PendingTimers > 0, TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromSeconds(5));

        await Eventually.TrueAsync(async () => (await ReadAsync()).Count > 0, TestContext.Current.CancellationToken);
        Assert.Equal(5, (await SingleAsync()).Values.Sum);
    }

    [Fact]
    public async Task Publish_MoreThanTheQueueHolds_IsRefusedWithoutWaiting()
    {
        await using var publisher = Publisher(new MetricPublisherOptions { QueueLength = 10 });

        Assert.Equal(10, Enumerable.Range(0, 25).Count(_ => publisher.Publish(Key, 1, MetricUnits.Count)));
    }

    [Fact]
    public async Task DisposeAsync_WithSomethingLeft_WritesIt()
    {
        var publisher = Publisher();
        using (var recorder = publisher.CreateRecorder(Key, MetricUnits.Count))
        {
            recorder.Record(1);
        }

        publisher.AddSource(time => publisher.Publish(Key, 4, MetricUnits.Count, time)).Dispose();
        await publisher.DisposeAsync();
        await publisher.DisposeAsync();

        Assert.Equal(5, (await SingleAsync()).Values.Sum);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private MetricPublisher Publisher(MetricPublisherOptions? options = null) =>
        new(_store, _clock, NullLogger<MetricPublisher>.Instance, options);

    private async Task<MetricDatapoint> SingleAsync() => Assert.Single(await ReadAsync());

    private ValueTask<IReadOnlyList<MetricDatapoint>> ReadAsync()
    {
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        return _store.ReadAsync(
            new MetricRead { Metric = Key, Start = now - 600, End = now + 600, Period = 300 }, TestContext.Current.CancellationToken);
    }
}
