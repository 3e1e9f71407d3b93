namespace Sagebrush.State.Metrics;

/// <summary>Takes metrics from the program's own parts and writes them every few seconds, many at once.</summary>
/// <remarks>
/// Thread-safe. Nothing here waits, so the request path of an endpoint may use it: what is published stands in memory until the
/// next flush, and is lost when the program is killed before. There are three ways in:
/// <list type="bullet">
/// <item><see cref="Publish(MetricKey, double, string, DateTimeOffset?)"/> for now and then;</item>
/// <item><see cref="CreateRecorder"/> for a path that sees thousands of values a second;</item>
/// <item><see cref="AddSource"/> for what is read off when it is wanted: gauges, counters kept elsewhere.</item>
/// </list>
/// </remarks>
public interface IMetricPublisher
{
    /// <summary>Publishes one value.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="value">A finite number.</param>
    /// <param name="unit">One of CloudWatch's units, such as those of <see cref="MetricUnits"/>.</param>
    /// <param name="time">When it was seen; now unless told.</param>
    /// <returns>False when the queue is full and the value was dropped.</returns>
    bool Publish(MetricKey metric, double value, string unit, DateTimeOffset? time = null);

    /// <summary>Publishes values that were put together elsewhere.</summary>
    /// <returns>False when the queue is full and they were dropped.</returns>
    bool Publish(MetricSample sample);

    /// <summary>A recorder whose values are written with every flush until it is disposed.</summary>
    MetricRecorder CreateRecorder(MetricKey metric, string unit);

    /// <summary>Calls <paramref name="collect"/> before every flush, to publish what it has to say.</summary>
    /// <param name="collect">
    /// Gets the time that values gathered since the last call belong to. Must be quick and must not throw.
    /// </param>
    /// <returns>Dispose it to end the calls; there is a last one then.</returns>
    IDisposable AddSource(Action<DateTimeOffset> collect);

    /// <summary>Writes at once what was published so far; completes when it is durable.</summary>
    Task FlushAsync(CancellationToken cancellationToken = default);
}
