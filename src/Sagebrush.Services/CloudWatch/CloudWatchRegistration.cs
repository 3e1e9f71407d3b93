using Microsoft.Extensions.DependencyInjection;
using Sagebrush.Services.AutoScaling;
using Sagebrush.Services.CloudWatch.Alarms;
using Sagebrush.Services.CloudWatch.Dashboards;
using Sagebrush.Services.CloudWatch.Utilization;
using Sagebrush.State.Metrics;
using Sagebrush.State.Reconciling;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.CloudWatch;

/// <summary>Adds CloudWatch to a host.</summary>
internal static class CloudWatchRegistration
{
    public static IServiceCollection AddCloudWatch(this IServiceCollection services) => services
        .AddSingleton<MetricPublisher>()
        .AddSingleton<IMetricPublisher>(s => s.GetRequiredService<MetricPublisher>())
        .AddSingleton<JobMetrics>()
        .AddSingleton<AlarmRegistry>()
        .AddSingleton<IAlarms>(s => s.GetRequiredService<AlarmRegistry>())
        .AddSingleton<AlarmHistory>()
        .AddSingleton<AlarmActions>()
        .AddSingleton<IAlarmAction, SnsAlarmAction>()
        .AddSingleton<ScalingAlarms>()
        .AddSingleton<IAlarmAction>(s => s.GetRequiredService<ScalingAlarms>())
        .AddSingleton<IScalingAlarms>(s => s.GetRequiredService<ScalingAlarms>())
        .AddSingleton<IReconciler, AlarmReconciler>()
        .AddSingleton<PutAlarmOperations>()
        .AddSingleton<AlarmOperations>()
        .AddSingleton<DescribeAlarmsOperations>()
        .AddSingleton<CloudWatchTagOperations>()
        .AddSingleton<DashboardOperations>()
        .AddSingleton<ICapability, CloudWatchCapability>()
        .AddHostedService<MetricPublisherService>()
        .AddHostedService<MetricSweepService>();
}
