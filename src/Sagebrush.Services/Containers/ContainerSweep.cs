using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sagebrush.Compute.Containers;

namespace Sagebrush.Services.Containers;

/// <summary>Removes containers of ours that nothing needs any more, when the program starts and every now and then.</summary>
internal sealed partial class ContainerSweep(ContainerEngine engine, TimeProvider clock, ILogger<ContainerSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = logger;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                var count = await ContainerLabels.SweepAsync(engine, stoppingToken);
                if (count > 0)
                {
                    LogSwept(count);
                }
            }
            catch (Exception exception) when (exception is IOException or ContainerEngineException)
            {
                // Without an engine there is nothing to remove; if it is away, it is asked again.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(EventId = 2701, Level = LogLevel.Information, Message = "Removed {Count} containers that were left over")]
    private partial void LogSwept(int count);
}
