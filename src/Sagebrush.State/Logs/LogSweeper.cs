using Microsoft.Extensions.Logging;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Logs;

/// <summary>Sweeps a log store at the start and at regular intervals.</summary>
public sealed partial class LogSweeper : IAsyncDisposable
{
    private readonly ILogStore _store;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _work;

    /// <summary>Begins to sweep.</summary>
    public LogSweeper(ILogStore store, TimeProvider time, TimeSpan interval, ILogger<LogSweeper> logger)
    {
        _store = store;
        _time = time;
        _interval = interval;
        _logger = logger;
        _work = Task.Run(() => RunAsync(_stopping.Token));
    }

    /// <summary>Stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work;
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(_interval, _time);
            do
            {
                await SweepAsync(cancellationToken);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await _store.SweepAsync(cancellationToken) is > 0 and var deleted)
            {
                LogSwept(deleted);
            }
        }
        catch (DatabaseException exception)
        {
            LogSweepFailed(exception, _interval);
        }
    }

    [LoggerMessage(2200, LogLevel.Debug, "Deleted {Events} log events that were expired or left behind.")]
    private partial void LogSwept(long events);

    [LoggerMessage(2201, LogLevel.Error, "The sweep over the logs failed; next try in {Interval}.")]
    private partial void LogSweepFailed(Exception exception, TimeSpan interval);
}
