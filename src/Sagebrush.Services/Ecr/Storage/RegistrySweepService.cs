using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Sagebrush.Services.Ecr.Lifecycle;

namespace Sagebrush.Services.Ecr.Storage;

/// <summary>Carries out lifecycle policies and then sweeps, when the program starts and every hour.</summary>
internal sealed partial class RegistrySweepService(
    LifecycleRun lifecycle, RegistrySweep sweep, TimeProvider clock, ILogger<RegistrySweepService> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await lifecycle.RunAsync(stoppingToken);
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

    [LoggerMessage(EventId = 3401, Level = LogLevel.Error, Message = "Sweeping the image registry failed; it is tried again in an hour")]
    private partial void LogFailed(Exception exception);
}
