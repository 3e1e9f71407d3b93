using SQLitePCL;

namespace Sagebrush.State.Sqlite;

/// <summary>One connection with its cache of prepared statements. Used by one thread at a time.</summary>
public sealed class SqliteSession : IDisposable
{
    private const int CachedStatements = 192;

    private readonly sqlite3 _handle;
    private readonly string _path;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);
    private readonly List<Action> _afterCommit = [];

    static SqliteSession() => Batteries_V2.Init();

    private SqliteSession(sqlite3 handle, string path)
    {
        _handle = handle;
        _path = path;
    }

    /// <summary>The row id of the last insert.</summary>
    public long LastInsertRowId => raw.sqlite3_last_insert_rowid(_handle);

    internal int Changes => raw.sqlite3_changes(_handle);

    /// <summary>Whether no transaction is open: SQLite ends one by itself on some failures, a full disk for example.</summary>
    internal bool IsOutsideTransaction => raw.sqlite3_get_autocommit(_handle) != 0;

    internal int AfterCommitCount => _afterCommit.Count;

    internal static SqliteSession OpenWriter(SqliteDatabaseOptions options) =>
        Open(options, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, session =>
        {
            if (options.CanShrink)
            {
                session.ExecuteScript("PRAGMA auto_vacuum=INCREMENTAL");
            }

            // WAL with FULL: one flush of the log for each commit, so an acknowledged write survives a power cut.
            session.ExecuteScript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
            session.ExecuteScript(
                $"PRAGMA wal_autocheckpoint={options.CheckpointPages}; PRAGMA journal_size_limit=67108864;");
        });

    internal static SqliteSession OpenReader(SqliteDatabaseOptions options) =>
        Open(options, raw.SQLITE_OPEN_READONLY, static _ => { });

    private static SqliteSession Open(SqliteDatabaseOptions options, int mode, Action<SqliteSession> configure)
    {
        var code = raw.sqlite3_open_v2(
            options.Path, out var handle, mode | raw.SQLITE_OPEN_NOMUTEX, null!);
        if (code != raw.SQLITE_OK)
        {
            handle?.Dispose();
            throw DatabaseException.From(code, $"Cannot open {options.Path}");
        }

        var session = new SqliteSession(handle, options.Path);
        try
        {
            _ = raw.sqlite3_extended_result_codes(handle, 1);
            _ = raw.sqlite3_busy_timeout(handle, (int)options.BusyTimeout.TotalMilliseconds);
            session.ExecuteScript($"PRAGMA cache_size=-{options.CacheKibibytes}; PRAGMA temp_store=MEMORY;");
            configure(session);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>A statement ready for its parameters, prepared before or now. Dispose it after use.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var known) && !known.InUse)
        {
            known.InUse = true;
            return known;
        }

        var cached = known is null;
        var code = raw.sqlite3_prepare_v3(
            _handle, sql, cached ? (uint)raw.SQLITE_PREPARE_PERSISTENT : 0, out var handle);
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }

        var statement = new SqliteStatement(this, handle, cached) { InUse = true };
        if (cached)
        {
            MakeRoom();
            _statements.Add(sql, statement);
        }

        return statement;
    }

    /// <summary>Runs one statement without parameters.</summary>
    /// <returns>The number of rows inserted, changed or deleted.</returns>
    public int Execute(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Execute();
    }

    /// <summary>Runs several statements without parameters, none of them cached.</summary>
    public void ExecuteScript(string sql)
    {
        var code = raw.sqlite3_exec(_handle, sql);
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code);
        }
    }

    /// <summary>
    /// Within a write: runs <paramref name="action"/> on the writer once the write is durable, in commit order, before
    /// the write's task completes. Dropped when the write fails. Must be quick and must not throw.
    /// </summary>
    public void AfterCommit(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        _afterCommit.Add(action);
    }

    internal void ForgetAfterCommit(int keep = 0) => _afterCommit.RemoveRange(keep, _afterCommit.Count - keep);

    internal void RunAfterCommit()
    {
        foreach (var action in _afterCommit)
        {
            action();
        }

        _afterCommit.Clear();
    }

    internal DatabaseException Failure(int code)
    {
        var extended = raw.sqlite3_extended_errcode(_handle);
        return DatabaseException.From(
            (extended & 0xff) == (code & 0xff) ? extended : code,
            $"{Path.GetFileName(_path)}: {raw.sqlite3_errmsg(_handle).utf8_to_string()}");
    }

    /// <summary>Closes the connection; the last one to close copies the write-ahead log back into the file.</summary>
    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Close();
        }

        _statements.Clear();
        _handle.Dispose();
    }

    private void MakeRoom()
    {
        if (_statements.Count < CachedStatements)
        {
            return;
        }

        // Dynamic queries have a few dozen shapes; more than the limit is rare, so starting over is cheap enough.
        foreach (var (sql, statement) in _statements)
        {
            if (!statement.InUse)
            {
                statement.Close();
                _statements.Remove(sql);
            }
        }
    }
}
