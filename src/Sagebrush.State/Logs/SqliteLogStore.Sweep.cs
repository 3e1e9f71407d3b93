using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Logs;

public sealed partial class SqliteLogStore
{
    private const int SweepStep = 5000;

    /// <inheritdoc/>
    public async ValueTask<long> SweepAsync(CancellationToken cancellationToken = default)
    {
        var deleted = 0L;
        while (_database.Read(FirstDeletedStream) is { } stream)
        {
            deleted += await DeleteEventsAsync(stream, long.MaxValue, cancellationToken);
            await _database.WriteAsync(
                session => Execute(session, "DELETE FROM deleted_stream WHERE stream = ?", stream), cancellationToken);
        }

        var now = Now;
        foreach (var (stream, cutoff) in _database.Read(session => ExpiredStreams(session, now)))
        {
            deleted += await DeleteEventsAsync(stream, cutoff, cancellationToken);
        }

        if (deleted > 0)
        {
            await _database.ShrinkAsync(cancellationToken);
        }

        return deleted;
    }

    private static long? FirstDeletedStream(SqliteSession session)
    {
        using var statement = session.Prepare("SELECT stream FROM deleted_stream LIMIT 1");
        return statement.Step() ? statement.GetInt64(0) : null;
    }

    private static List<(long Stream, long Cutoff)> ExpiredStreams(SqliteSession session, long now)
    {
        using var statement = session.Prepare(
            """
            SELECT s.id, ?1 - g.retention_days * 86400000 FROM log_group g JOIN log_stream s ON s.log_group = g.id
            WHERE g.retention_days IS NOT NULL
                AND s.first_event >= 0 AND s.first_event < ?1 - g.retention_days * 86400000
            """);
        statement.Bind(now);
        var streams = new List<(long, long)>();
        while (statement.Step())
        {
            streams.Add((statement.GetInt64(0), statement.GetInt64(1)));
        }

        return streams;
    }

    private async Task<long> DeleteEventsAsync(long stream, long before, CancellationToken cancellationToken)
    {
        var total = 0L;
        int step;
        do
        {
            step = await _database.WriteAsync(session => DeleteStep(session, stream, before), cancellationToken);
            total += step;
        }
        while (step == SweepStep);
        return total;
    }

    private static int DeleteStep(SqliteSession session, long stream, long before)
    {
        var (count, bytes) = (0, 0L);
        using (var delete = session.Prepare(
            """
            DELETE FROM log_event WHERE stream = ?1 AND (timestamp, sequence) IN (
                SELECT timestamp, sequence FROM log_event WHERE stream = ?1 AND timestamp < ?2
                ORDER BY timestamp, sequence LIMIT ?3)
            RETURNING octet_length(message)
            """))
        {
            delete.Bind(stream).Bind(before).Bind(SweepStep);
            while (delete.Step())
            {
                count++;
                bytes += delete.GetInt64(0) + EventOverhead;
            }
        }

        using (var update = session.Prepare(
            """
            UPDATE log_stream SET
                stored_bytes = stored_bytes - ?2,
                first_event = coalesce((SELECT min(timestamp) FROM log_event WHERE stream = ?1), -1),
                last_event = coalesce((SELECT max(timestamp) FROM log_event WHERE stream = ?1), -1)
            WHERE id = ?1
            RETURNING log_group
            """))
        {
            update.Bind(stream).Bind(bytes);
            if (update.Step())
            {
                AddBytes(session, update.GetInt64(0), -bytes);
            }
        }

        return count;
    }
}
