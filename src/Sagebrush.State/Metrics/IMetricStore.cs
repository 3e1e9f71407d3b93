using Sagebrush.State.Paging;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Metrics;

/// <summary>
/// Keeps metrics as CloudWatch does: statistics of values for each second, minute, five minutes and hour, the coarser the
/// older they are.
/// </summary>
/// <remarks>
/// Seconds are kept for 3 hours, minutes for 15 days, five minutes for 63 days and hours for 455 days. Thread-safe. A write's
/// task completes when the write is durable, and reads begun after that see it. Every member throws
/// <see cref="DatabaseException"/> when the database fails.
/// </remarks>
public interface IMetricStore
{
    /// <summary>Adds values, all or none.</summary>
    ValueTask PutAsync(IReadOnlyList<MetricSample> samples, CancellationToken cancellationToken = default);

    /// <summary>The periods of a metric that have values, earliest first.</summary>
    ValueTask<IReadOnlyList<MetricDatapoint>> ReadAsync(MetricRead read, CancellationToken cancellationToken = default);

    /// <summary>Lists a page of metrics.</summary>
    /// <exception cref="InvalidPageTokenException">The token is not one of this query's.</exception>
    ValueTask<MetricPage> ListAsync(MetricListQuery query, CancellationToken cancellationToken = default);

    /// <summary>Makes values coarser that are old enough for it, and deletes those that are too old.</summary>
    /// <remarks>Works in small steps, between which other writes get their turn.</remarks>
    /// <returns>How many stored periods were joined or deleted.</returns>
    ValueTask<long> SweepAsync(CancellationToken cancellationToken = default);
}
