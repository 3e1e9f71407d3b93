namespace Sagebrush.State.Logs;

/// <summary>
/// The tables of the log store. Times are Unix milliseconds, -1 stands for "no event yet". Events lie in the order they
/// are read in, so a page is one range of neighbouring rows.
/// </summary>
internal static class LogSchema
{
    public static readonly string[] Migrations =
    [
        """
        CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        INSERT INTO setting (name, value) VALUES ('page_token_key', randomblob(32));

        CREATE TABLE log_group (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            account TEXT NOT NULL,
            region TEXT NOT NULL,
            name TEXT NOT NULL,
            created INTEGER NOT NULL,
            retention_days INTEGER,
            stored_bytes INTEGER NOT NULL DEFAULT 0
        );
        CREATE UNIQUE INDEX log_group_name ON log_group (account, region, name);

        CREATE TABLE log_group_tag (
            log_group INTEGER NOT NULL REFERENCES log_group (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (log_group, key)
        ) WITHOUT ROWID;

        CREATE TABLE log_stream (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            log_group INTEGER NOT NULL REFERENCES log_group (id),
            name TEXT NOT NULL,
            created INTEGER NOT NULL,
            first_event INTEGER NOT NULL DEFAULT -1,
            last_event INTEGER NOT NULL DEFAULT -1,
            last_ingestion INTEGER NOT NULL DEFAULT -1,
            stored_bytes INTEGER NOT NULL DEFAULT 0,
            next_sequence INTEGER NOT NULL DEFAULT 0
        );
        CREATE UNIQUE INDEX log_stream_name ON log_stream (log_group, name);
        CREATE INDEX log_stream_last_event ON log_stream (log_group, last_event, name);

        CREATE TABLE log_event (
            stream INTEGER NOT NULL,
            timestamp INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            ingested INTEGER NOT NULL,
            message TEXT NOT NULL,
            PRIMARY KEY (stream, timestamp, sequence)
        ) WITHOUT ROWID;

        CREATE TABLE deleted_stream (stream INTEGER PRIMARY KEY);
        """,
    ];
}
