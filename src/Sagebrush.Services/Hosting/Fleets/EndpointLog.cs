using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sagebrush.State.Logs;
using Sagebrush.State.Sqlite;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>The log stream of one variant. Writing never waits: what the store cannot take in time is dropped and counted.</summary>
internal sealed partial class EndpointLog : IAsyncDisposable
{
    private const int LongestQueue = 10_000;
    private const int LargestBatch = 1_000;

    private readonly ILogStore _store;
    private readonly LogStreamKey _stream;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<LogLine> _lines = Channel.CreateBounded<LogLine>(
        new BoundedChannelOptions(LongestQueue) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Task _pump;
    private long _dropped;

    public EndpointLog(ILogStore store, LogStreamKey stream, TimeProvider time, ILogger logger)
    {
        _store = store;
        _stream = stream;
        _time = time;
        _logger = logger;
        _pump = Task.Run(PumpAsync);
    }

    public string StreamArn =>
        $"arn:aws:logs:{_stream.Group.Region}:{_stream.Group.Account}:log-group:{_stream.Group.Name}:log-stream:{_stream.Name}";

    public void Write(string line)
    {
        if (!_lines.Writer.TryWrite(new LogLine(Now(), line)))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _pump;
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task PumpAsync()
    {
        var batch = new List<LogLine>();
        while (await _lines.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < LargestBatch && _lines.Reader.TryRead(out var line))
            {
                // The store keeps no empty events.
                if (line.Message.Length > 0)
                {
                    batch.Add(line);
                }
            }

            if (Interlocked.Exchange(ref _dropped, 0) is var dropped and > 0)
            {
                batch.Add(new LogLine(Now(), $"{dropped} lines were dropped here: they came faster than they could be stored."));
            }

            await AppendAsync(batch);
        }
    }

    private async Task AppendAsync(List<LogLine> batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        try
        {
            if (!await _store.AppendAsync(_stream, batch))
            {
                await _store.EnsureStreamAsync(_stream);
                await _store.AppendAsync(_stream, batch);
            }
        }
        catch (DatabaseException error)
        {
            LogLost(error, batch.Count, _stream.Group.Name, _stream.Name);
        }
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Error, Message = "{Count} lines for log stream {Group} {Stream} could not be stored")]
    private partial void LogLost(Exception exception, int count, string group, string stream);
}
