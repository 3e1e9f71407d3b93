namespace Sagebrush.State.Objects;

/// <summary>The index of the object store.</summary>
/// <remarks>
/// Keys are BLOBs, so that they order by their UTF-8 bytes as S3 wants. Times are milliseconds since 1970. <c>object.id</c> grows with
/// time and with the versions of a key; <c>object.content</c> names the bytes and may outlive the row when only attributes change. Every key
/// that has rows has one with <c>latest = 1</c>. Older versions and markers have indices of their own, so that buckets without versioning
/// pay nothing for them. <c>bucket.documents</c> is a JSON object of the bucket's settings by name.
/// </remarks>
internal static class ObjectSchema
{
    public static readonly string[] Migrations =
    [
        """
        CREATE TABLE bucket (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            account TEXT NOT NULL,
            region TEXT NOT NULL,
            created INTEGER NOT NULL,
            tags TEXT
        ) STRICT;
        CREATE INDEX bucket_account ON bucket (account, name);

        CREATE TABLE object (
            id INTEGER PRIMARY KEY,
            bucket INTEGER NOT NULL,
            key BLOB NOT NULL,
            version TEXT NOT NULL,
            latest INTEGER NOT NULL,
            delete_marker INTEGER NOT NULL,
            size INTEGER NOT NULL,
            etag TEXT NOT NULL,
            modified INTEGER NOT NULL,
            storage_class TEXT NOT NULL,
            content INTEGER NOT NULL,
            layout INTEGER NOT NULL,
            part_count INTEGER NOT NULL,
            checksum_algorithm INTEGER,
            checksum_type INTEGER,
            checksum TEXT,
            attributes TEXT,
            tags TEXT,
            upload TEXT
        ) STRICT;
        CREATE UNIQUE INDEX object_latest ON object (bucket, key) WHERE latest = 1;
        CREATE UNIQUE INDEX object_content ON object (content);

        CREATE TABLE upload (
            id INTEGER PRIMARY KEY,
            token TEXT NOT NULL UNIQUE,
            bucket INTEGER NOT NULL,
            key BLOB NOT NULL,
            initiated INTEGER NOT NULL,
            storage_class TEXT NOT NULL,
            checksum_algorithm INTEGER NOT NULL,
            checksum_type INTEGER NOT NULL,
            attributes TEXT,
            tags TEXT
        ) STRICT;
        CREATE INDEX upload_key ON upload (bucket, key, id);

        -- The owner is an upload and, once that is completed, the content of the object.
        CREATE TABLE part (
            id INTEGER PRIMARY KEY,
            owner INTEGER NOT NULL,
            number INTEGER NOT NULL,
            size INTEGER NOT NULL,
            etag TEXT NOT NULL,
            modified INTEGER NOT NULL,
            layout INTEGER NOT NULL,
            checksum_algorithm INTEGER NOT NULL,
            checksum TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX part_number ON part (owner, number);

        CREATE TABLE inline_content (
            id INTEGER PRIMARY KEY,
            data BLOB NOT NULL
        ) STRICT;

        -- Files nothing refers to any more, until they are removed.
        CREATE TABLE garbage (
            id INTEGER PRIMARY KEY,
            bucket TEXT NOT NULL,
            owner INTEGER NOT NULL
        ) STRICT;
        """,
        """
        ALTER TABLE bucket ADD COLUMN versioning INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE bucket ADD COLUMN documents TEXT;
        CREATE INDEX object_noncurrent ON object (bucket, key, id DESC) WHERE latest = 0;
        CREATE UNIQUE INDEX object_noncurrent_null ON object (bucket, key) WHERE latest = 0 AND version = 'null';
        """,
        """
        -- What is to be told of changes; no id is given twice, so that clearing up to one never reaches what came later.
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            text TEXT NOT NULL
        ) STRICT;
        """,
    ];
}
