using System.Buffers.Binary;
using System.Text;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Logs;

public sealed partial class SqliteLogStore
{
    private const string StreamColumns = "name, created, first_event, last_event, last_ingestion, stored_bytes";

    /// <inheritdoc/>
    public async ValueTask<CreateStreamOutcome> CreateStreamAsync(
        LogStreamKey stream, CancellationToken cancellationToken = default) =>
        await _database.WriteAsync(
            session => GroupId(session, stream.Group) is not { } group ? CreateStreamOutcome.NoSuchGroup
                : InsertStream(session, group, stream.Name) ? CreateStreamOutcome.Created
                : CreateStreamOutcome.Exists,
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask EnsureStreamAsync(LogStreamKey stream, CancellationToken cancellationToken = default)
    {
        if (await FindStreamAsync(stream, cancellationToken) is not null)
        {
            return;
        }

        await _database.WriteAsync(
            session =>
            {
                InsertGroup(session, stream.Group);
                InsertStream(session, GroupId(session, stream.Group)!.Value, stream.Name);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<LogStream?> FindStreamAsync(LogStreamKey stream, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_database.Read(session =>
        {
            if (GroupId(session, stream.Group) is not { } group)
            {
                return null;
            }

            using var statement = session.Prepare(
                $"SELECT {StreamColumns} FROM log_stream WHERE log_group = ? AND name = ?");
            statement.Bind(group).Bind(stream.Name);
            return statement.Step() ? ReadStream(statement, stream.Group) : null;
        }));
    }

    /// <inheritdoc/>
    public ValueTask<LogStreamPage?> ListStreamsAsync(
        LogStreamQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.PageSize, 1);
        cancellationToken.ThrowIfCancellationRequested();
        var fingerprint = query.Fingerprint();
        var after = query.PageToken is null ? null : _tokens.Unprotect(query.PageToken, fingerprint);
        var streams = _database.Read(
            session => GroupId(session, query.Group) is { } group ? ReadStreams(session, group, query, after) : null);
        if (streams is null || streams.Count <= query.PageSize)
        {
            return new(streams is null ? null : new LogStreamPage(streams, null));
        }

        streams.RemoveAt(query.PageSize);
        return new(new LogStreamPage(streams, _tokens.Protect(PositionOf(streams[^1]), fingerprint)));
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteStreamAsync(
        LogStreamKey stream, CancellationToken cancellationToken = default) =>
        await _database.WriteAsync(
            session =>
            {
                if (FindOpenStream(session, stream) is not { } found)
                {
                    return false;
                }

                AddBytes(session, found.Group, -found.StoredBytes);
                Execute(session, "INSERT INTO deleted_stream (stream) VALUES (?)", found.Id);
                Execute(session, "DELETE FROM log_stream WHERE id = ?", found.Id);
                return true;
            },
            cancellationToken);

    private static List<LogStream> ReadStreams(
        SqliteSession session, long group, LogStreamQuery query, byte[]? after)
    {
        var sql = new StringBuilder($"SELECT {StreamColumns} FROM log_stream INDEXED BY ")
            .Append(query.OrderByLastEvent ? "log_stream_last_event" : "log_stream_name")
            .Append(" WHERE log_group = ?1 AND name >= ?2 AND name < ?2 || char(0x10ffff)");
        var direction = query.Descending ? " DESC" : "";
        var beyond = query.Descending ? '<' : '>';
        var (lastEvent, name) = after is null
            ? default
            : (BinaryPrimitives.ReadInt64LittleEndian(after), Encoding.UTF8.GetString(after.AsSpan(sizeof(long))));
        if (after is not null)
        {
            sql.Append(query.OrderByLastEvent
                ? $" AND (last_event, name) {beyond} (?4, ?5)"
                : $" AND name {beyond} ?5");
        }

        sql.Append(query.OrderByLastEvent
            ? $" ORDER BY last_event{direction}, name{direction} LIMIT ?3"
            : $" ORDER BY name{direction} LIMIT ?3");
        using var statement = session.Prepare(sql.ToString());
        statement.Bind(group).Bind(query.Prefix).Bind(query.PageSize + 1);
        if (after is not null)
        {
            statement.Bind(lastEvent).Bind(name);
        }

        var streams = new List<LogStream>();
        while (statement.Step())
        {
            streams.Add(ReadStream(statement, query.Group));
        }

        return streams;
    }

    private static byte[] PositionOf(LogStream stream)
    {
        var name = Encoding.UTF8.GetBytes(stream.Key.Name);
        var position = new byte[sizeof(long) + name.Length];
        BinaryPrimitives.WriteInt64LittleEndian(position, stream.LastEvent ?? NoEvent);
        name.CopyTo(position, sizeof(long));
        return position;
    }

    private static LogStream ReadStream(SqliteStatement row, LogGroupKey group) => new()
    {
        Key = group.Stream(row.GetString(0)),
        Created = row.GetInt64(1),
        FirstEvent = Time(row.GetInt64(2)),
        LastEvent = Time(row.GetInt64(3)),
        LastIngestion = Time(row.GetInt64(4)),
        StoredBytes = row.GetInt64(5),
    };

    private static long? Time(long stored) => stored == NoEvent ? null : stored;

    private bool InsertStream(SqliteSession session, long group, string name)
    {
        using var statement = session.Prepare(
            "INSERT INTO log_stream (log_group, name, created) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
        return statement.Bind(group).Bind(name).Bind(Now).Execute() > 0;
    }
}
