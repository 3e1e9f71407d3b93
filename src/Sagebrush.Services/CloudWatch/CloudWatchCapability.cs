using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.CloudWatch.Alarms;
using Sagebrush.Services.CloudWatch.Dashboards;
using Sagebrush.Services.CloudWatch.Metrics;
using Sagebrush.Services.CloudWatch.Widgets;
using Sagebrush.State.Metrics;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.CloudWatch;

/// <summary>CloudWatch: metrics that jobs, endpoints and clients publish, and what is made of them.</summary>
internal sealed class CloudWatchCapability(
    IMetricStore store,
    PutAlarmOperations putAlarms,
    AlarmOperations alarms,
    DescribeAlarmsOperations describeAlarms,
    CloudWatchTagOperations tags,
    DashboardOperations dashboards,
    TimeProvider time) : ICapability
{
    /// <inheritdoc/>
    public void Map(ApiMap api)
    {
        ArgumentNullException.ThrowIfNull(api);
        api.Map(CloudWatchApi.PutMetricData, new PutMetricDataOperation(store, time));
        api.Map(CloudWatchApi.GetMetricStatistics, new GetMetricStatisticsOperation(store));
        api.Map(CloudWatchApi.GetMetricData, new GetMetricDataOperation(store));
        api.Map(CloudWatchApi.ListMetrics, new ListMetricsOperation(store, time));
        putAlarms.Map(api);
        alarms.Map(api);
        describeAlarms.Map(api);
        tags.Map(api);
        dashboards.Map(api);
        api.Map(CloudWatchApi.GetMetricWidgetImage, new GetMetricWidgetImageOperation(store, time));
    }
}
