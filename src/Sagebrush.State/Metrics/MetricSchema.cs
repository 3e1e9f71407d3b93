namespace Sagebrush.State.Metrics;

/// <summary>
/// The tables of the metric store. Times are Unix seconds. Periods lie in the order they are read in, so a range of a
/// metric is one run of neighbouring rows for each resolution.
/// </summary>
internal static class MetricSchema
{
    public static readonly string[] Migrations =
    [
        """
        CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        INSERT INTO setting (name, value) VALUES ('page_token_key', randomblob(32));

        CREATE TABLE metric (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            account TEXT NOT NULL,
            region TEXT NOT NULL,
            namespace TEXT NOT NULL,
            name TEXT NOT NULL,
            dimensions TEXT NOT NULL,
            last_time INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX metric_key ON metric (account, region, namespace, name, dimensions);

        CREATE TABLE metric_dimension (
            metric INTEGER NOT NULL REFERENCES metric (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (metric, name)
        ) WITHOUT ROWID;

        CREATE TABLE metric_period (
            metric INTEGER NOT NULL REFERENCES metric (id) ON DELETE CASCADE,
            resolution INTEGER NOT NULL,
            time INTEGER NOT NULL,
            unit TEXT NOT NULL,
            samples REAL NOT NULL,
            sum REAL NOT NULL,
            minimum REAL NOT NULL,
            maximum REAL NOT NULL,
            distribution BLOB,
            PRIMARY KEY (metric, resolution, time, unit)
        ) WITHOUT ROWID;
        """,
    ];
}
