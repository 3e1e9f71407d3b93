using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Metrics;

public sealed partial class SqliteMetricStore
{
    private const int SweepStep = 2000;
    private const int MetricsPerLook = 500;

    /// <inheritdoc/>
    public async ValueTask<long> SweepAsync(CancellationToken cancellationToken = default)
    {
        var now = Now;
        var total = 0L;
        for (var i = 0; i < MetricTier.All.Length; i++)
        {
            var tier = MetricTier.All[i];
            var next = i + 1 < MetricTier.All.Length ? MetricTier.All[i + 1].Resolution : (int?)null;

            // Whole periods of the next tier move together.
            var cutoff = MetricTier.Floor(now - tier.Keep, next ?? tier.Resolution);
            var after = 0L;
            while (_database.Read(session => WithOlder(session, after, tier.Resolution, cutoff)) is { Count: > 0 } metrics)
            {
                foreach (var metric in metrics)
                {
                    int step;
                    do
                    {
                        step = await _database.WriteAsync(
                            session => Move(session, metric, tier.Resolution, next, cutoff), cancellationToken);
                        total += step;
                    }
                    while (step == SweepStep);
                }

                after = metrics[^1];
            }
        }

        await _database.WriteAsync(session => DeleteMetrics(session, now - MetricTier.Longest), cancellationToken);
        if (total > 0)
        {
            await _database.ShrinkAsync(cancellationToken);
        }

        return total;
    }

    private static List<long> WithOlder(SqliteSession session, long after, int resolution, long cutoff)
    {
        using var statement = session.Prepare(
            """
            SELECT id FROM metric m WHERE id > ? AND EXISTS (
                SELECT 1 FROM metric_period p WHERE p.metric = m.id AND p.resolution = ? AND p.time < ?)
            ORDER BY id LIMIT ?
            """);
        statement.Bind(after).Bind(resolution).Bind(cutoff).Bind(MetricsPerLook);
        var metrics = new List<long>();
        while (statement.Step())
        {
            metrics.Add(statement.GetInt64(0));
        }

        return metrics;
    }

    /// <summary>Joins a metric's oldest periods of a resolution into longer ones, or deletes them when there are none longer.</summary>
    private static int Move(SqliteSession session, long metric, int resolution, int? longer, long cutoff)
    {
        var count = 0;
        var joined = new Dictionary<PeriodKey, StatisticSet>();
        using (var delete = session.Prepare(
            """
            DELETE FROM metric_period WHERE metric = ?1 AND resolution = ?2 AND (time, unit) IN (
                SELECT time, unit FROM metric_period WHERE metric = ?1 AND resolution = ?2 AND time < ?3
                ORDER BY time, unit LIMIT ?4)
            RETURNING time, unit, samples, sum, minimum, maximum, distribution
            """))
        {
            delete.Bind(metric).Bind(resolution).Bind(cutoff).Bind(SweepStep);
            while (delete.Step())
            {
                count++;
                if (longer is { } period)
                {
                    var key = new PeriodKey(metric, period, MetricTier.Floor(delete.GetInt64(0), period), delete.GetString(1));
                    var values = ReadValues(delete, 2);
                    if (joined.TryGetValue(key, out var sum))
                    {
                        sum.Add(values);
                    }
                    else
                    {
                        joined.Add(key, values);
                    }
                }
            }
        }

        foreach (var (key, values) in joined)
        {
            Merge(session, key, values);
        }

        return count;
    }

    /// <summary>Deletes metrics that have had no value since a time; nothing of theirs is left by now.</summary>
    private void DeleteMetrics(SqliteSession session, long before)
    {
        using var statement = session.Prepare("DELETE FROM metric WHERE last_time < ?");
        if (statement.Bind(before).Execute() > 0)
        {
            // Forgotten before the commit: at worst a metric that stays is looked up again.
            _known.Clear();
        }
    }
}
