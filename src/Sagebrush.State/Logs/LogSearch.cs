using System.Text;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Logs;

/// <summary>
/// One page of a search: merges the streams of a group by time. A stream is first read when the merge comes to its
/// first event, so streams that follow one another in time are read one after another.
/// </summary>
internal sealed class LogSearch(
    SqliteSession session, LogFilter filter, MergePosition? after, CancellationToken cancellationToken)
{
    private const int ChunkEvents = 256;
    private const int AllChunksBytes = 8 << 20;
    private const int SmallestChunkBytes = 4 << 10;

    private readonly PriorityQueue<Cursor, (long Timestamp, long Stream)> _queue = new();
    private int _chunkBytes;

    /// <summary>Where the page ended; null when everything was searched.</summary>
    public MergePosition? End { get; private set; }

    /// <summary>Searches until the page is full, its budget is spent, or nothing is left.</summary>
    public List<FilteredLogEvent> Run(long group)
    {
        AddStreams(group);
        _chunkBytes = Math.Max(SmallestChunkBytes, AllChunksBytes / Math.Max(1, _queue.Count));
        var found = new List<FilteredLogEvent>();
        var (scanned, bytes) = (0, 0L);
        MergePosition? last = null;
        while (_queue.TryDequeue(out var cursor, out _))
        {
            if (cursor.Head is not { } head)
            {
                Fill(cursor);
                continue;
            }

            // One more event than the page takes was found, so there is a next page.
            if (scanned >= filter.MaxScanned)
            {
                End = last;
                break;
            }

            scanned++;
            if (filter.Match is null || filter.Match(head.Message))
            {
                bytes += Encoding.UTF8.GetByteCount(head.Message) + SqliteLogStore.EventOverhead;
                if (found.Count == filter.Limit || (bytes > filter.MaxBytes && found.Count > 0))
                {
                    End = last;
                    break;
                }

                found.Add(new FilteredLogEvent(cursor.Name, head));
            }

            last = new MergePosition(head.Timestamp, cursor.Stream, head.Position.Sequence);
            cursor.Advance();
            Enqueue(cursor);
        }

        return found;
    }

    private void AddStreams(long group)
    {
        if (filter.Streams is { } names)
        {
            foreach (var name in names.Distinct(StringComparer.Ordinal))
            {
                using var one = session.Prepare(
                    """
                    SELECT id, name, first_event FROM log_stream
                    WHERE log_group = ? AND name = ? AND last_event >= ? AND first_event < ? AND last_event >= 0
                    """);
                one.Bind(group).Bind(name).Bind(Start).Bind(filter.EndTime);
                AddStreams(one);
            }

            return;
        }

        using var all = session.Prepare(
            """
            SELECT id, name, first_event FROM log_stream INDEXED BY log_stream_last_event
            WHERE log_group = ?1 AND last_event >= max(?2, 0) AND first_event < ?3
                AND substr(name, 1, length(?4)) = ?4
            """);
        all.Bind(group).Bind(Start).Bind(filter.EndTime).Bind(filter.StreamPrefix);
        AddStreams(all);
    }

    private long Start => after is { } position ? Math.Max(position.Timestamp, filter.StartTime) : filter.StartTime;

    private void AddStreams(SqliteStatement rows)
    {
        while (rows.Step())
        {
            var stream = rows.GetInt64(0);
            var cursor = new Cursor(stream, rows.GetString(1)) { After = after?.In(stream) };
            _queue.Enqueue(cursor, (Math.Max(rows.GetInt64(2), Start), stream));
        }
    }

    private void Fill(Cursor cursor)
    {
        cancellationToken.ThrowIfCancellationRequested();
        cursor.Fill(SqliteLogStore.ReadEvents(session, cursor.Stream, new LogRead
        {
            StartTime = filter.StartTime,
            EndTime = filter.EndTime,
            After = cursor.After,
            FromHead = true,
            Limit = ChunkEvents,
            MaxBytes = _chunkBytes,
        }));
        if (cursor.Head is not null)
        {
            Enqueue(cursor);
        }
    }

    private void Enqueue(Cursor cursor) =>
        _queue.Enqueue(cursor, (cursor.Head?.Timestamp ?? cursor.After!.Value.Timestamp, cursor.Stream));

    private sealed class Cursor(long stream, string name)
    {
        private List<LogEvent> _chunk = [];
        private int _next;

        public long Stream { get; } = stream;

        public string Name { get; } = name;

        /// <summary>The last place that was read.</summary>
        public LogPosition? After { get; set; }

        /// <summary>The event to merge next; null when another chunk must be read to know.</summary>
        public LogEvent? Head => _next < _chunk.Count ? _chunk[_next] : null;

        public void Advance() => After = _chunk[_next++].Position;

        public void Fill(List<LogEvent> chunk)
        {
            _chunk = chunk;
            _next = 0;
        }
    }
}
