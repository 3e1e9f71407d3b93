using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Metrics;

/// <summary>Writes what is published to the metric store, every few seconds.</summary>
/// <remarks>When the store fails, what could not be written is kept for the next flush, as far as the queue is long.</remarks>
public sealed partial class MetricPublisher : IMetricPublisher, IAsyncDisposable
{
    private const int SamplesPerWrite = 5000;

    private readonly IMetricStore _store;
    private readonly TimeProvider _time;
    private readonly MetricPublisherOptions _options;
    private readonly ILogger<MetricPublisher> _logger;
    private readonly Channel<MetricSample> _queue;
    private readonly ConcurrentDictionary<MetricRecorder, bool> _recorders = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<Source, bool> _sources = new(ReferenceEqualityComparer.Instance);
    private readonly SemaphoreSlim _flushing = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _starting = new();
    private List<MetricSample> _unwritten = [];
    private DateTimeOffset _gatheredSince;
    private Task? _loop;
    private long _dropped;
    private int _disposed;

    /// <summary>Writes to <paramref name="store"/> once started.</summary>
    public MetricPublisher(IMetricStore store, TimeProvider time, ILogger<MetricPublisher> logger, MetricPublisherOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        (_store, _time, _logger, _options) = (store, time, logger, options ?? new MetricPublisherOptions());
        _queue = Channel.CreateBounded<MetricSample>(_options.QueueLength);
        _gatheredSince = time.GetUtcNow();
    }

    /// <summary>Begins to flush regularly.</summary>
    public void Start()
    {
        lock (_starting)
        {
            _loop ??= RunAsync(_stopping.Token);
        }
    }

    /// <inheritdoc/>
    public bool Publish(MetricKey metric, double value, string unit, DateTimeOffset? time = null) => Publish(
        new MetricSample(metric, (time ?? _time.GetUtcNow()).ToUnixTimeSeconds(), unit, StatisticSet.Of(value)));

    /// <inheritdoc/>
    public bool Publish(MetricSample sample)
    {
        if (_queue.Writer.TryWrite(sample))
        {
            return true;
        }

        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <inheritdoc/>
    public MetricRecorder CreateRecorder(MetricKey metric, string unit)
    {
        var recorder = new MetricRecorder(metric, unit, Forget);
        _recorders.TryAdd(recorder, true);
        return recorder;
    }

    /// <inheritdoc/>
    public IDisposable AddSource(Action<DateTimeOffset> collect)
    {
        var source = new Source(this, collect);
        _sources.TryAdd(source, true);
        return source;
    }

    /// <inheritdoc/>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        await _flushing.WaitAsync(cancellationToken);
        try
        {
            Gather();
            while (_unwritten.Count > 0)
            {
                var batch = _unwritten.Count <= SamplesPerWrite ? _unwritten : _unwritten[..SamplesPerWrite];
                await _store.PutAsync(batch, cancellationToken);
                _unwritten = _unwritten[batch.Count..];
            }
        }
        finally
        {
            _flushing.Release();
        }
    }

    /// <summary>Flushes a last time and stops; once, however often it is called.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        if (_loop is not null)
        {
            await _loop;
        }

        await TryFlushAsync(CancellationToken.None);
        _stopping.Dispose();
        _flushing.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var now = _time.GetUtcNow().Ticks;
                var interval = _options.Interval.Ticks;
                await Task.Delay(TimeSpan.FromTicks(interval - (now % interval)), _time, cancellationToken);
                await TryFlushAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryFlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FlushAsync(cancellationToken);
        }
        catch (DatabaseException exception)
        {
            LogFailure(exception, _unwritten.Count);
        }

        if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
        {
            LogDropped(dropped);
        }
    }

    private void Gather()
    {
        // What was gathered since the last flush belongs to the minute in which it began to gather.
        var since = _gatheredSince;
        _gatheredSince = _time.GetUtcNow();
        foreach (var source in _sources.Keys)
        {
            source.Collect(since);
        }

        foreach (var recorder in _recorders.Keys)
        {
            if (recorder.Take() is { } values)
            {
                Keep(new MetricSample(recorder.Metric, since.ToUnixTimeSeconds(), recorder.Unit, values));
            }
        }

        while (_queue.Reader.TryRead(out var sample))
        {
            Keep(sample);
        }
    }

    private void Keep(MetricSample sample)
    {
        if (_unwritten.Count < 2 * _options.QueueLength)
        {
            _unwritten.Add(sample);
        }
        else
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    private void Forget(MetricRecorder recorder)
    {
        if (_recorders.TryRemove(recorder, out _) && recorder.Take() is { } values)
        {
            Publish(new MetricSample(recorder.Metric, _time.GetUtcNow().ToUnixTimeSeconds(), recorder.Unit, values));
        }
    }

    [LoggerMessage(EventId = 3200, Level = LogLevel.Error, Message = "Metrics could not be written; {Samples} samples wait for the next flush")]
    private partial void LogFailure(Exception exception, int samples);

    [LoggerMessage(EventId = 3201, Level = LogLevel.Warning, Message = "{Samples} metric samples were dropped: more were published than can wait for a flush")]
    private partial void LogDropped(long samples);

    private sealed class Source(MetricPublisher publisher, Action<DateTimeOffset> collect) : IDisposable
    {
        public void Collect(DateTimeOffset since) => collect(since);

        public void Dispose()
        {
            if (publisher._sources.TryRemove(this, out _))
            {
                collect(publisher._time.GetUtcNow());
            }
        }
    }
}
