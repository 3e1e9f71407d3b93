using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sagebrush.State.Metrics;
using Sagebrush.State.Sqlite;

namespace Sagebrush.Services.CloudWatch;

/// <summary>Makes old metrics coarser and deletes the oldest, every few minutes.</summary>
internal sealed partial class MetricSweepService(IMetricStore store, TimeProvider time, ILogger<MetricSweepService> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await store.SweepAsync(stoppingToken) is > 0 and var periods)
                {
                    LogSwept(periods);
                }
            }
            catch (DatabaseException exception)
            {
                LogFailure(exception, Interval);
            }
        }
    }

    [LoggerMessage(EventId = 3210, Level = LogLevel.Debug, Message = "Joined or deleted {Periods} periods of metrics")]
    private partial void LogSwept(long periods);

    [LoggerMessage(EventId = 3211, Level = LogLevel.Error, Message = "The sweep over the metrics failed; next try in {Interval}")]
    private partial void LogFailure(Exception exception, TimeSpan interval);
}
