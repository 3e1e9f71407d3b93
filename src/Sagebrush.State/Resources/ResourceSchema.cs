namespace Sagebrush.State.Resources;

/// <summary>
/// The tables of the resource store. Times are Unix milliseconds. Each index ends in the name, which breaks ties, so
/// that the place where a page ends is a key of the index that orders it.
/// </summary>
internal static class ResourceSchema
{
    public static readonly string[] Migrations =
    [
        """
        CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        INSERT INTO setting (name, value) VALUES ('page_token_key', randomblob(32));

        CREATE TABLE change_counter (value INTEGER NOT NULL);
        INSERT INTO change_counter (value) VALUES (0);

        CREATE TABLE resource (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            account TEXT NOT NULL,
            region TEXT NOT NULL,
            name TEXT NOT NULL,
            arn TEXT NOT NULL,
            status TEXT NOT NULL,
            parent TEXT,
            created INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            version INTEGER NOT NULL,
            body BLOB NOT NULL
        );
        CREATE UNIQUE INDEX resource_name ON resource (kind, account, region, name);
        CREATE UNIQUE INDEX resource_arn ON resource (arn);
        CREATE INDEX resource_created ON resource (kind, account, region, created, name);
        CREATE INDEX resource_modified ON resource (kind, account, region, modified, name);
        CREATE INDEX resource_status ON resource (kind, account, region, status, name);
        CREATE INDEX resource_status_created ON resource (kind, account, region, status, created, name);
        CREATE INDEX resource_status_modified ON resource (kind, account, region, status, modified, name);
        CREATE INDEX resource_parent ON resource (kind, account, region, parent, created, name)
            WHERE parent IS NOT NULL;

        CREATE TABLE resource_attribute (
            resource INTEGER NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            text TEXT,
            number REAL,
            PRIMARY KEY (resource, name)
        ) WITHOUT ROWID;
        CREATE INDEX resource_attribute_text ON resource_attribute (name, text, resource) WHERE text IS NOT NULL;
        CREATE INDEX resource_attribute_number ON resource_attribute (name, number, resource) WHERE number IS NOT NULL;

        CREATE TABLE resource_tag (
            resource INTEGER NOT NULL REFERENCES resource (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (resource, key)
        ) WITHOUT ROWID;

        CREATE TABLE lease (name TEXT PRIMARY KEY, owner TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
        """,
    ];
}
