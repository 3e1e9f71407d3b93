using System.Collections.Concurrent;

namespace Sagebrush.State.Sqlite;

/// <summary>
/// One SQLite file in WAL mode: one writer that commits many waiting writes with a single flush, and readers that
/// never wait for it.
/// </summary>
/// <remarks>
/// Thread-safe. A write's task completes only after the commit was flushed to the disk, so what was acknowledged
/// survives a crash. Reads see everything that was acknowledged before they began.
/// </remarks>
public sealed class SqliteDatabase : IAsyncDisposable, IDisposable
{
    private const int IdleReaders = 8;
    private const int FreedPages = 2000;

    private readonly SqliteDatabaseOptions _options;
    private readonly SqliteWriter _writer;
    private readonly ConcurrentBag<SqliteSession> _idle = [];
    private int _disposed;

    private SqliteDatabase(SqliteDatabaseOptions options, SqliteSession session)
    {
        _options = options;
        _writer = new SqliteWriter(options, session);
    }

    /// <summary>The database file.</summary>
    public string FilePath => _options.Path;

    /// <summary>Opens the file, makes it when missing, and brings its schema up to date.</summary>
    /// <exception cref="DatabaseException">The file cannot be opened, is damaged, or was written by a newer version.</exception>
    public static SqliteDatabase Open(SqliteDatabaseOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (Path.GetDirectoryName(Path.GetFullPath(options.Path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var session = SqliteSession.OpenWriter(options);
        try
        {
            SqliteSchema.Migrate(session, options);
            return new SqliteDatabase(options, session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Queues a write. Waiting writes run one after another in one transaction, each behind its own savepoint: one that
    /// throws is undone alone and fails alone.
    /// </summary>
    /// <param name="write">Runs on the writer's thread; must not block. Its rows are visible to others after the commit.</param>
    /// <param name="cancellationToken">Gives up while the write still waits; a write that began is finished.</param>
    /// <returns>The delegate's result, once it is durable.</returns>
    /// <exception cref="DatabaseException">The write failed and nothing of it was kept.</exception>
    public Task<T> WriteAsync<T>(Func<SqliteSession, T> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _writer.EnqueueAsync(write, cancellationToken);
    }

    /// <summary>As <see cref="WriteAsync{T}"/>, without a result.</summary>
    public Task WriteAsync(Action<SqliteSession> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        return WriteAsync(
            session =>
            {
                write(session);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Reads from one consistent snapshot, on the calling thread, without waiting for writes.</summary>
    /// <exception cref="DatabaseException">The read failed.</exception>
    public T Read<T>(Func<SqliteSession, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        var session = _idle.TryTake(out var idle) ? idle : SqliteSession.OpenReader(_options);
        var healthy = false;
        try
        {
            session.Execute("BEGIN");
            var result = read(session);
            session.Execute("COMMIT");
            healthy = true;
            return result;
        }
        finally
        {
            Return(session, healthy);
        }
    }

    /// <summary>
    /// Gives free pages back to the file system, some at a time, between which other writes get their turn. Needs
    /// <see cref="SqliteDatabaseOptions.CanShrink"/>.
    /// </summary>
    public async Task ShrinkAsync(CancellationToken cancellationToken = default)
    {
        long left;
        do
        {
            left = await WriteAsync(
                session =>
                {
                    session.Execute($"PRAGMA incremental_vacuum({FreedPages})");
                    using var statement = session.Prepare("PRAGMA freelist_count");
                    statement.Step();
                    return statement.GetInt64(0);
                },
                cancellationToken);
        }
        while (left >= FreedPages);
    }

    /// <summary>Finishes the writes that wait, then closes the file.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        // Readers first: the last connection to close, the writer's, folds the write-ahead log into the file.
        CloseIdle();
        _writer.Dispose();
        CloseIdle();
    }

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync() => await Task.Run(Dispose);

    private void Return(SqliteSession session, bool healthy)
    {
        if (!healthy || _disposed != 0 || _idle.Count >= IdleReaders)
        {
            session.Dispose();
            return;
        }

        _idle.Add(session);
        if (_disposed != 0)
        {
            CloseIdle();
        }
    }

    private void CloseIdle()
    {
        while (_idle.TryTake(out var session))
        {
            session.Dispose();
        }
    }
}
