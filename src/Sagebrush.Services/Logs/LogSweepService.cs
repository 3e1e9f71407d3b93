using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sagebrush.State.Logs;
using Sagebrush.State.Sqlite;

namespace Sagebrush.Services.Logs;

/// <summary>Deletes expired events and what deleted streams left behind, at the start and every few minutes.</summary>
internal sealed partial class LogSweepService(ILogStore store, TimeProvider time, ILogger<LogSweepService> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                if (await store.SweepAsync(stoppingToken) is > 0 and var events)
                {
                    LogSwept(events);
                }
            }
            catch (DatabaseException exception)
            {
                LogFailure(exception, Interval);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(EventId = 3100, Level = LogLevel.Debug, Message = "Deleted {Events} log events that were expired or left behind")]
    private partial void LogSwept(long events);

    [LoggerMessage(EventId = 3101, Level = LogLevel.Error, Message = "The sweep over the logs failed; next try in {Interval}")]
    private partial void LogFailure(Exception exception, TimeSpan interval);
}
