using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sagebrush.Services.S3.Lifecycle;

/// <summary>Runs the sweep when the program starts and every hour.</summary>
internal sealed partial class LifecycleService(LifecycleSweep sweep, TimeProvider clock, ILogger<LifecycleService> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await sweep.RunAsync(stoppingToken);
                await Task.Delay(Interval, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(exception);
                await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(EventId = 3202, Level = LogLevel.Error, Message = "The lifecycle rules of the buckets could not be carried out; they are tried again in an hour")]
    private partial void LogFailed(Exception exception);
}
