using Microsoft.Extensions.DependencyInjection;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Logs;

/// <summary>Adds CloudWatch Logs to a host.</summary>
internal static class LogsRegistration
{
    public static IServiceCollection AddLogs(this IServiceCollection services) => services
        .AddSingleton<ICapability, LogsCapability>()
        .AddHostedService<LogSweepService>();
}
