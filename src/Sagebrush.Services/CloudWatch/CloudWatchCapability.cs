using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.CloudWatch.Metrics;
using Sagebrush.State.Metrics;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.CloudWatch;

/// <summary>CloudWatch: metrics that jobs, endpoints and clients publish, and what is made of them.</summary>
public sealed class CloudWatchCapability(IMetricStore store, TimeProvider time) : ICapability
{
    /// <inheritdoc/>
    public void Map(ApiMap api)
    {
        ArgumentNullException.ThrowIfNull(api);
        api.Map(CloudWatchApi.PutMetricData, new PutMetricDataOperation(store, time));
        api.Map(CloudWatchApi.GetMetricStatistics, new GetMetricStatisticsOperation(store));
        api.Map(CloudWatchApi.GetMetricData, new GetMetricDataOperation(store));
        api.Map(CloudWatchApi.ListMetrics, new ListMetricsOperation(store, time));
    }
}
