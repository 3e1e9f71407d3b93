using System.Buffers;
using System.Diagnostics;
using System.Text;
using SQLitePCL;

namespace Sagebrush.State.Sqlite;

/// <summary>
/// A prepared statement: bind its parameters from left to right, step through its rows, dispose to give it back to
/// its session's cache. Columns count from 0.
/// </summary>
/// <remarks>Not thread-safe; lives no longer than the delegate its session was passed to.</remarks>
public sealed class SqliteStatement : IDisposable
{
    private const int StackBytes = 512;

    private readonly SqliteSession _session;
    private readonly sqlite3_stmt _handle;
    private readonly bool _cached;
    private int _bound;

    internal SqliteStatement(SqliteSession session, sqlite3_stmt handle, bool cached)
    {
        _session = session;
        _handle = handle;
        _cached = cached;
    }

    internal bool InUse { get; set; }

    /// <summary>Binds the next parameter to an integer.</summary>
    public SqliteStatement Bind(long value)
    {
        Check(raw.sqlite3_bind_int64(_handle, ++_bound, value));
        return this;
    }

    /// <summary>Binds the next parameter to an integer or NULL.</summary>
    public SqliteStatement Bind(long? value) => value is { } some ? Bind(some) : BindNull();

    /// <summary>Binds the next parameter to a real number.</summary>
    public SqliteStatement Bind(double value)
    {
        Check(raw.sqlite3_bind_double(_handle, ++_bound, value));
        return this;
    }

    /// <summary>Binds the next parameter to a real number or NULL.</summary>
    public SqliteStatement Bind(double? value) => value is { } some ? Bind(some) : BindNull();

    /// <summary>Binds the next parameter to text or NULL.</summary>
    public SqliteStatement Bind(string? value) => value is null ? BindNull() : Bind(value, out _);

    /// <summary>Binds the next parameter to text and tells the length of its UTF-8.</summary>
    public SqliteStatement Bind(string value, out int length)
    {
        ArgumentNullException.ThrowIfNull(value);
        var longest = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = null;
        var buffer = longest <= StackBytes
            ? stackalloc byte[StackBytes]
            : rented = ArrayPool<byte>.Shared.Rent(longest);
        length = Encoding.UTF8.GetBytes(value, buffer);
        Check(raw.sqlite3_bind_text(_handle, ++_bound, buffer[..length]));
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return this;
    }

    /// <summary>Binds the next parameter to text given as UTF-8.</summary>
    public SqliteStatement BindText(ReadOnlySpan<byte> utf8)
    {
        Check(raw.sqlite3_bind_text(_handle, ++_bound, utf8));
        return this;
    }

    /// <summary>Binds the next parameter to bytes (empty, never NULL, when there are none).</summary>
    public SqliteStatement BindBlob(ReadOnlySpan<byte> value)
    {
        _bound++;
        Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_handle, _bound, 0)
            : raw.sqlite3_bind_blob(_handle, _bound, value));
        return this;
    }

    /// <summary>Binds the next parameter to NULL.</summary>
    public SqliteStatement BindNull()
    {
        Check(raw.sqlite3_bind_null(_handle, ++_bound));
        return this;
    }

    /// <summary>Moves to the next row.</summary>
    /// <returns>False after the last row.</returns>
    public bool Step()
    {
        var code = raw.sqlite3_step(_handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        if (code != raw.SQLITE_DONE)
        {
            throw _session.Failure(code);
        }

        return false;
    }

    /// <summary>Runs the statement to its end and makes it ready for new parameters.</summary>
    /// <returns>The number of rows inserted, changed or deleted.</returns>
    public int Execute()
    {
        while (Step())
        {
        }

        var changes = _session.Changes;
        Reset();
        return changes;
    }

    /// <summary>Makes the statement ready for new parameters.</summary>
    public void Reset()
    {
        // The code repeats the failure of the last step, which was already thrown.
        _ = raw.sqlite3_reset(_handle);
        _bound = 0;
    }

    /// <summary>Whether the column of the current row is NULL.</summary>
    public bool IsNull(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_NULL;

    /// <summary>The column of the current row as an integer.</summary>
    public long GetInt64(int column) => raw.sqlite3_column_int64(_handle, column);

    /// <summary>The column of the current row as an integer, or null.</summary>
    public long? GetInt64OrNull(int column) => IsNull(column) ? null : GetInt64(column);

    /// <summary>The column of the current row as a real number.</summary>
    public double GetDouble(int column) => raw.sqlite3_column_double(_handle, column);

    /// <summary>The column of the current row as a real number, or null.</summary>
    public double? GetDoubleOrNull(int column) => IsNull(column) ? null : GetDouble(column);

    /// <summary>The column of the current row as text.</summary>
    public string GetString(int column) => Encoding.UTF8.GetString(GetBytes(column));

    /// <summary>The column of the current row as text, or null.</summary>
    public string? GetStringOrNull(int column) => IsNull(column) ? null : GetString(column);

    /// <summary>
    /// The bytes of a blob, or the UTF-8 of a text, in SQLite's own memory: gone at the next step, reset or dispose.
    /// </summary>
    public ReadOnlySpan<byte> GetBytes(int column) => raw.sqlite3_column_blob(_handle, column);

    /// <summary>Gives the statement back to its session.</summary>
    public void Dispose()
    {
        Debug.Assert(InUse, "A statement is disposed once for each time it is prepared.");
        Reset();
        InUse = false;
        if (_cached)
        {
            // Bound values may be large; the cache keeps only the plan.
            _ = raw.sqlite3_clear_bindings(_handle);
        }
        else
        {
            Close();
        }
    }

    internal void Close() => _handle.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw _session.Failure(code);
        }
    }
}
