using Sagebrush.State.Metrics;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Asynchronous;

/// <summary>What CloudWatch hears of asynchronous endpoints, under the names that scaling policies know.</summary>
internal sealed class AsyncMetrics(IMetricPublisher publisher)
{
    private const string Namespace = "AWS/SageMaker";

    /// <summary>Calls <paramref name="collect"/> whenever metrics are written.</summary>
    public IDisposable AddSource(Action<DateTimeOffset> collect) => publisher.AddSource(collect);

    /// <summary>Tells how much an endpoint has to do.</summary>
    public void Backlog(ResourceKey endpoint, AsyncBacklog backlog, DateTimeOffset time)
    {
        var dimensions = MetricDimensions.Of(("EndpointName", endpoint.Name));
        Publish("ApproximateBacklogSize", backlog.Size, MetricUnits.Count);
        Publish("ApproximateBacklogSizePerInstance", (double)backlog.Size / Math.Max(1, backlog.Instances), MetricUnits.Count);
        Publish("ApproximateAgeOfOldestRequest", backlog.Age.TotalSeconds, MetricUnits.Seconds);
        Publish("HasBacklogWithoutCapacity", backlog is { Size: > 0, Instances: 0 } ? 1 : 0, MetricUnits.Count);

        void Publish(string name, double value, string unit) =>
            publisher.Publish(new MetricKey(endpoint.Account, endpoint.Region, Namespace, name, dimensions), value, unit, time);
    }

    /// <summary>Counts something that happened to a request.</summary>
    public void Count(ResourceKey endpoint, string variant, string name, double count = 1) => Publish(endpoint, variant, name, count, MetricUnits.Count);

    /// <summary>Tells how long something of a request took, in microseconds.</summary>
    public void Microseconds(ResourceKey endpoint, string variant, string name, TimeSpan time) =>
        Publish(endpoint, variant, name, time.TotalMicroseconds, MetricUnits.Microseconds);

    /// <summary>Tells how long something of a request took, in milliseconds.</summary>
    public void Milliseconds(ResourceKey endpoint, string variant, string name, TimeSpan time) =>
        Publish(endpoint, variant, name, time.TotalMilliseconds, MetricUnits.Milliseconds);

    private void Publish(ResourceKey endpoint, string variant, string name, double value, string unit) => publisher.Publish(
        new MetricKey(endpoint.Account, endpoint.Region, Namespace, name, MetricDimensions.Of(("EndpointName", endpoint.Name), ("VariantName", variant))), value, unit);
}
