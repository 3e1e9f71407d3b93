using SQLitePCL;

namespace Sagebrush.State.Sqlite;

/// <summary>A database call failed. The database stays usable: a failed write was rolled back as a whole.</summary>
public class DatabaseException : Exception
{
    /// <summary>Makes an exception from SQLite's extended result code.</summary>
    public DatabaseException(string message, int resultCode, Exception? inner = null)
        : base(message, inner) => ResultCode = resultCode;

    /// <summary>SQLite's extended result code (see sqlite.org/rescode.html).</summary>
    public int ResultCode { get; }

    /// <summary>The exception type that fits a result code.</summary>
    internal static DatabaseException From(int resultCode, string message)
    {
        var text = $"{message} (SQLite {resultCode}: {raw.sqlite3_errstr(resultCode).utf8_to_string()})";
        return (resultCode & 0xff) switch
        {
            raw.SQLITE_FULL => new DatabaseFullException(text, resultCode),
            raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM =>
                new DatabaseUnavailableException(text, resultCode),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new DatabaseBusyException(text, resultCode),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new DatabaseCorruptException(text, resultCode),
            raw.SQLITE_CONSTRAINT => new DatabaseConstraintException(text, resultCode),
            _ => new DatabaseException(text, resultCode),
        };
    }

    /// <summary>The same failure again, for another task that shared the failed transaction.</summary>
    internal DatabaseException Again() => this switch
    {
        DatabaseFullException => new DatabaseFullException(Message, ResultCode, this),
        DatabaseUnavailableException => new DatabaseUnavailableException(Message, ResultCode, this),
        DatabaseBusyException => new DatabaseBusyException(Message, ResultCode, this),
        DatabaseCorruptException => new DatabaseCorruptException(Message, ResultCode, this),
        _ => new DatabaseException(Message, ResultCode, this),
    };
}

/// <summary>The disk, or the limit set on the database's size, is full.</summary>
public sealed class DatabaseFullException(string message, int resultCode, Exception? inner = null)
    : DatabaseException(message, resultCode, inner);

/// <summary>The file could not be opened, read, written or flushed.</summary>
public sealed class DatabaseUnavailableException(string message, int resultCode, Exception? inner = null)
    : DatabaseException(message, resultCode, inner);

/// <summary>Another process held the database's lock for longer than the busy timeout.</summary>
public sealed class DatabaseBusyException(string message, int resultCode, Exception? inner = null)
    : DatabaseException(message, resultCode, inner);

/// <summary>The file is damaged or is not a database.</summary>
public sealed class DatabaseCorruptException(string message, int resultCode, Exception? inner = null)
    : DatabaseException(message, resultCode, inner);

/// <summary>A uniqueness, not-null or check constraint of the schema refused the write.</summary>
public sealed class DatabaseConstraintException(string message, int resultCode, Exception? inner = null)
    : DatabaseException(message, resultCode, inner);
