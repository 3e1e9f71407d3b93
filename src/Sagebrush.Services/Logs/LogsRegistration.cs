using Microsoft.Extensions.DependencyInjection;
using Sagebrush.Services.Logs.MetricFilters;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Logs;

/// <summary>Adds CloudWatch Logs to a host.</summary>
internal static class LogsRegistration
{
    public static IServiceCollection AddLogs(this IServiceCollection services) => services
        .AddSingleton<MetricFilterFeed>()
        .AddHostedService(s => s.GetRequiredService<MetricFilterFeed>())
        .AddSingleton<MetricFilterOperations>()
        .AddSingleton<ICapability, LogsCapability>()
        .AddHostedService<LogSweepService>();
}
