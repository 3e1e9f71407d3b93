using System.Collections.Immutable;
using Sagebrush.State.Paging;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Logs;

/// <summary>The log store in one SQLite file.</summary>
public sealed partial class SqliteLogStore : ILogStore, IAsyncDisposable
{
    /// <summary>What AWS adds to each event's UTF-8 when it counts bytes.</summary>
    internal const int EventOverhead = 26;

    private const int NoEvent = -1;

    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;
    private readonly PageTokenProtector _tokens;
    private ImmutableList<ILogObserver> _observers = [];

    private SqliteLogStore(SqliteDatabase database, TimeProvider time, PageTokenProtector tokens)
    {
        _database = database;
        _time = time;
        _tokens = tokens;
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Opens the store's file, or makes it.</summary>
    /// <exception cref="DatabaseException">The file cannot be opened, is damaged, or is from a newer version.</exception>
    public static SqliteLogStore Open(string path, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var database = SqliteDatabase.Open(new SqliteDatabaseOptions
        {
            Path = path,
            Migrations = LogSchema.Migrations,
            CheckpointPages = 8000,
            CanShrink = true,
        });
        var key = database.Read(static session =>
        {
            using var statement = session.Prepare("SELECT value FROM setting WHERE name = 'page_token_key'");
            statement.Step();
            return statement.GetBytes(0).ToArray();
        });
        return new SqliteLogStore(database, time, new PageTokenProtector(key));
    }

    /// <summary>Finishes the writes that wait, and closes the file.</summary>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <inheritdoc/>
    public async ValueTask<bool> AppendAsync(
        LogStreamKey stream, IReadOnlyList<LogLine> lines, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var appended = await _database.WriteAsync(session => Append(session, stream, lines), cancellationToken);
        if (appended && lines.Count > 0)
        {
            foreach (var observer in Volatile.Read(ref _observers))
            {
                observer.Appended(stream, lines);
            }
        }

        return appended;
    }

    /// <inheritdoc/>
    public IDisposable Observe(ILogObserver observer)
    {
        ImmutableInterlocked.Update(ref _observers, static (all, one) => all.Add(one), observer);
        return new Observation(() => ImmutableInterlocked.Update(ref _observers, static (all, one) => all.Remove(one), observer));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LogEvent>?> ReadAsync(
        LogStreamKey stream, LogRead read, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentOutOfRangeException.ThrowIfLessThan(read.Limit, 1);
        cancellationToken.ThrowIfCancellationRequested();
        return new(_database.Read<IReadOnlyList<LogEvent>?>(
            session => StreamId(session, stream) is { } id ? ReadEvents(session, id, read) : null));
    }

    /// <inheritdoc/>
    public ValueTask<LogFilterPage?> FilterAsync(LogFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(filter.Limit, 1);
        cancellationToken.ThrowIfCancellationRequested();
        var fingerprint = filter.Fingerprint();
        var after = filter.PageToken is null
            ? (MergePosition?)null
            : MergePosition.Read(_tokens.Unprotect(filter.PageToken, fingerprint));
        return new(_database.Read(session =>
        {
            if (GroupId(session, filter.Group) is not { } group)
            {
                return null;
            }

            var search = new LogSearch(session, filter, after, cancellationToken);
            var events = search.Run(group);
            var token = search.End is { } end ? _tokens.Protect(end.Write(), fingerprint) : null;
            return new LogFilterPage(events, token);
        }));
    }

    /// <summary>Reads a page of one stream. The caller's snapshot is open.</summary>
    internal static List<LogEvent> ReadEvents(SqliteSession session, long stream, LogRead read)
    {
        var events = new List<LogEvent>();
        var (after, before) = Range(read);
        using var statement = session.Prepare(read.FromHead
            ? """
              SELECT timestamp, sequence, ingested, message FROM log_event
              WHERE stream = ? AND (timestamp, sequence) > (?, ?) AND (timestamp, sequence) < (?, ?)
              ORDER BY timestamp, sequence LIMIT ?
              """
            : """
              SELECT timestamp, sequence, ingested, message FROM log_event
              WHERE stream = ? AND (timestamp, sequence) > (?, ?) AND (timestamp, sequence) < (?, ?)
              ORDER BY timestamp DESC, sequence DESC LIMIT ?
              """);
        statement.Bind(stream).Bind(after.Timestamp).Bind(after.Sequence).Bind(before.Timestamp).Bind(before.Sequence)
            .Bind(read.Limit);
        var bytes = 0L;
        while (statement.Step())
        {
            bytes += statement.GetBytes(3).Length + EventOverhead;
            if (bytes > read.MaxBytes && events.Count > 0)
            {
                break;
            }

            events.Add(new LogEvent(
                stream,
                new LogPosition(statement.GetInt64(0), statement.GetInt64(1)),
                statement.GetInt64(2),
                statement.GetString(3)));
        }

        if (!read.FromHead)
        {
            events.Reverse();
        }

        return events;
    }

    /// <summary>The open interval of positions that times and positions describe together. Sequences count from 0.</summary>
    private static (LogPosition After, LogPosition Before) Range(LogRead read)
    {
        var after = new LogPosition(read.StartTime, -1);
        if (read.After is { } later && (later.Timestamp, later.Sequence).CompareTo((after.Timestamp, after.Sequence)) > 0)
        {
            after = later;
        }

        var before = new LogPosition(read.EndTime, -1);
        if (read.Before is { } earlier
            && (earlier.Timestamp, earlier.Sequence).CompareTo((before.Timestamp, before.Sequence)) < 0)
        {
            before = earlier;
        }

        return (after, before);
    }

    private bool Append(SqliteSession session, LogStreamKey key, IReadOnlyList<LogLine> lines)
    {
        if (FindOpenStream(session, key) is not { } stream)
        {
            return false;
        }

        if (lines.Count == 0)
        {
            return true;
        }

        var now = Now;
        var (bytes, first, last) = (0L, long.MaxValue, long.MinValue);
        using (var insert = session.Prepare(
            "INSERT INTO log_event (stream, timestamp, sequence, ingested, message) VALUES (?, ?, ?, ?, ?)"))
        {
            for (var i = 0; i < lines.Count; i++)
            {
                var line = lines[i];
                insert.Bind(stream.Id).Bind(line.Timestamp).Bind(stream.NextSequence + i).Bind(now)
                    .Bind(line.Message, out var length).Execute();
                bytes += length + EventOverhead;
                first = Math.Min(first, line.Timestamp);
                last = Math.Max(last, line.Timestamp);
            }
        }

        using (var update = session.Prepare(
            """
            UPDATE log_stream SET
                first_event = iif(first_event < 0, ?2, min(first_event, ?2)),
                last_event = max(last_event, ?3),
                last_ingestion = ?4,
                stored_bytes = stored_bytes + ?5,
                next_sequence = next_sequence + ?6
            WHERE id = ?1
            """))
        {
            update.Bind(stream.Id).Bind(first).Bind(last).Bind(now).Bind(bytes).Bind(lines.Count).Execute();
        }

        AddBytes(session, stream.Group, bytes);
        return true;
    }

    private static void AddBytes(SqliteSession session, long group, long bytes)
    {
        using var statement = session.Prepare("UPDATE log_group SET stored_bytes = stored_bytes + ? WHERE id = ?");
        statement.Bind(bytes).Bind(group).Execute();
    }

    private static OpenStream? FindOpenStream(SqliteSession session, LogStreamKey key)
    {
        using var statement = session.Prepare(
            """
            SELECT s.id, s.log_group, s.next_sequence, s.stored_bytes FROM log_group g JOIN log_stream s ON s.log_group = g.id
            WHERE g.account = ? AND g.region = ? AND g.name = ? AND s.name = ?
            """);
        statement.Bind(key.Group.Account).Bind(key.Group.Region).Bind(key.Group.Name).Bind(key.Name);
        return statement.Step()
            ? new OpenStream(
                statement.GetInt64(0), statement.GetInt64(1), statement.GetInt64(2), statement.GetInt64(3))
            : null;
    }

    private static long? StreamId(SqliteSession session, LogStreamKey key) => FindOpenStream(session, key)?.Id;

    private static long? GroupId(SqliteSession session, LogGroupKey key)
    {
        using var statement = session.Prepare(
            "SELECT id FROM log_group WHERE account = ? AND region = ? AND name = ?");
        statement.Bind(key.Account).Bind(key.Region).Bind(key.Name);
        return statement.Step() ? statement.GetInt64(0) : null;
    }

    private sealed class Observation(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    private readonly record struct OpenStream(long Id, long Group, long NextSequence, long StoredBytes);
}
