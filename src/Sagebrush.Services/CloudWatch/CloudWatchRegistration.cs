using Microsoft.Extensions.DependencyInjection;
using Sagebrush.State.Metrics;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.CloudWatch;

/// <summary>Adds CloudWatch to a host.</summary>
internal static class CloudWatchRegistration
{
    public static IServiceCollection AddCloudWatch(this IServiceCollection services) => services
        .AddSingleton<MetricPublisher>()
        .AddSingleton<IMetricPublisher>(s => s.GetRequiredService<MetricPublisher>())
        .AddSingleton<ICapability, CloudWatchCapability>()
        .AddHostedService<MetricPublisherService>()
        .AddHostedService<MetricSweepService>();
}
