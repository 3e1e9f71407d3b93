namespace Sagebrush.State.Sqlite;

/// <summary>How a <see cref="SqliteDatabase"/> is opened.</summary>
public sealed record SqliteDatabaseOptions
{
    /// <summary>The database file. Its folder is made when missing.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// SQL scripts that build the schema, oldest first. Script <c>n</c> takes the file from version <c>n</c> to
    /// <c>n + 1</c> (<c>PRAGMA user_version</c>), in one transaction. Never edit a script that shipped: append one.
    /// </summary>
    public required IReadOnlyList<string> Migrations { get; init; }

    /// <summary>How long to wait for another process's lock.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Page cache of the writer, and of each reader, in KiB.</summary>
    public int CacheKibibytes { get; init; } = 8 * 1024;

    /// <summary>Length of the write-ahead log, in pages, at which it is copied back into the file.</summary>
    public int CheckpointPages { get; init; } = 2000;

    /// <summary>
    /// Whether <c>PRAGMA incremental_vacuum</c> can give free pages back to the file system. Costs a little on every
    /// write; only a new file takes it.
    /// </summary>
    public bool CanShrink { get; init; }

    /// <summary>Writes that may wait for the writer before callers of <c>WriteAsync</c> wait for room.</summary>
    public int WriteQueueLength { get; init; } = 4096;

    /// <summary>Most writes that share one transaction.</summary>
    public int MaxGroupSize { get; init; } = 512;
}
