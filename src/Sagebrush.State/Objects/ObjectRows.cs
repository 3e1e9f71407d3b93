using Sagebrush.State.Objects.Checksums;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Objects;

/// <summary>Reads and writes the index's rows inside a caller's transaction.</summary>
internal static class ObjectRows
{
    private const string ObjectColumns =
        "id, version, size, etag, modified, storage_class, content, layout, part_count, checksum_algorithm, checksum_type, checksum, attributes, tags, latest, delete_marker";

    private const string BucketColumns = "id, name, account, region, created, versioning, documents";

    public static BucketInfo? FindBucket(SqliteSession session, string name)
    {
        using var statement = session.Prepare($"SELECT {BucketColumns} FROM bucket WHERE name = ?");
        return statement.Bind(name).Step() ? ReadBucket(statement) : null;
    }

    public static BucketInfo RequireBucket(SqliteSession session, string name) =>
        FindBucket(session, name) ?? throw ObjectStoreException.NoSuchBucket(name);

    public static List<BucketInfo> ListBuckets(
        SqliteSession session, string? account, string prefix, string after, int limit, string? region)
    {
        using var row = session.Prepare(
            $"""
            SELECT {BucketColumns} FROM bucket
            WHERE (? IS NULL OR account = ?) AND name >= ? AND name > ? AND (? IS NULL OR region = ?) ORDER BY name LIMIT ?
            """);
        row.Bind(account).Bind(account).Bind(prefix).Bind(after).Bind(region).Bind(region).Bind(limit);
        var buckets = new List<BucketInfo>();
        while (row.Step() && ReadBucket(row) is var bucket && bucket.Name.StartsWith(prefix, StringComparison.Ordinal))
        {
            buckets.Add(bucket);
        }

        return buckets;
    }

    /// <summary>The object as it is now; null also when it is deleted.</summary>
    public static ObjectInfo? FindObject(SqliteSession session, BucketInfo bucket, byte[] key, string text) =>
        FindLatest(session, bucket, key, text) is { IsDeleteMarker: false } present ? present : null;

    /// <summary>The newest version, which may be a delete marker.</summary>
    public static ObjectInfo? FindLatest(SqliteSession session, BucketInfo bucket, byte[] key, string text)
    {
        using var row = session.Prepare($"SELECT {ObjectColumns} FROM object WHERE bucket = ? AND key = ? AND latest = 1");
        return row.Bind(bucket.Id).BindBlob(key).Step() ? ReadObject(row, bucket, text) : null;
    }

    public static ObjectInfo? FindVersion(SqliteSession session, BucketInfo bucket, byte[] key, string text, string version)
    {
        if (version == ObjectVersionId.Null)
        {
            return FindLatest(session, bucket, key, text) is { VersionId: ObjectVersionId.Null } latest ? latest : FindNoncurrentNull(session, bucket, key, text);
        }

        if (!ObjectVersionId.TryParse(version, out var id))
        {
            return null;
        }

        using var row = session.Prepare($"SELECT {ObjectColumns} FROM object WHERE id = ? AND bucket = ? AND key = ? AND version = ?");
        return row.Bind(id).Bind(bucket.Id).BindBlob(key).Bind(version).Step() ? ReadObject(row, bucket, text) : null;
    }

    public static ObjectInfo? FindNoncurrentNull(SqliteSession session, BucketInfo bucket, byte[] key, string text)
    {
        using var row = session.Prepare(
            $"SELECT {ObjectColumns} FROM object WHERE bucket = ? AND key = ? AND latest = 0 AND version = 'null'");
        return row.Bind(bucket.Id).BindBlob(key).Step() ? ReadObject(row, bucket, text) : null;
    }

    public static void InsertObject(SqliteSession session, BucketInfo bucket, byte[] key, ObjectInfo info, string? upload)
    {
        using var statement = session.Prepare(
            $"INSERT INTO object ({ObjectColumns}, upload, bucket, key) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        statement.Bind(info.Id).Bind(info.VersionId).Bind(info.Size).Bind(info.ETag).Bind(Milliseconds(info.LastModified))
            .Bind(info.StorageClass).Bind(info.Content.Id).Bind((long)info.Content.Layout).Bind(info.PartCount)
            .Bind((long?)info.Checksum?.Algorithm).Bind((long?)info.Checksum?.Type).Bind(info.Checksum?.Value)
            .Bind(ObjectJson.Write(info.Attributes)).Bind(ObjectJson.WriteTags(info.Tags))
            .Bind(info.IsLatest ? 1L : 0L).Bind(info.IsDeleteMarker ? 1L : 0L).Bind(upload)
            .Bind(bucket.Id).BindBlob(key).Execute();
    }

    /// <summary>Makes the newest version there is the latest one.</summary>
    public static void PromoteNewest(SqliteSession session, BucketInfo bucket, byte[] key)
    {
        using var statement = session.Prepare(
            """
            UPDATE object SET latest = 1
            WHERE id = (SELECT id FROM object WHERE bucket = ? AND key = ? AND latest = 0 ORDER BY id DESC LIMIT 1)
            """);
        statement.Bind(bucket.Id).BindBlob(key).Execute();
    }

    public static void Demote(SqliteSession session, ObjectInfo latest)
    {
        using var statement = session.Prepare("UPDATE object SET latest = 0 WHERE id = ?");
        statement.Bind(latest.Id).Execute();
    }

    /// <summary>Removes an object's row and hands its bytes to the sweeper.</summary>
    /// <returns>Whether there are files to sweep.</returns>
    public static bool DeleteObject(SqliteSession session, ObjectInfo info)
    {
        DeleteRow(session, info.Id);
        return DiscardContent(session, info.Bucket, info.Content);
    }

    public static void DeleteRow(SqliteSession session, long id)
    {
        using var statement = session.Prepare("DELETE FROM object WHERE id = ?");
        statement.Bind(id).Execute();
    }

    /// <summary>Forgets bytes nothing refers to any more.</summary>
    /// <returns>Whether there are files to sweep.</returns>
    public static bool DiscardContent(SqliteSession session, string bucket, ContentAddress content)
    {
        switch (content.Layout)
        {
            case ContentLayout.Inline:
                using (var delete = session.Prepare("DELETE FROM inline_content WHERE id = ?"))
                {
                    delete.Bind(content.Id).Execute();
                }

                return false;
            case ContentLayout.File:
                using (var insert = session.Prepare("INSERT INTO garbage (id, bucket, owner) VALUES (?1, ?2, ?1)"))
                {
                    insert.Bind(content.Id).Bind(bucket).Execute();
                }

                return true;
            default:
                return DiscardParts(session, bucket, content.Id);
        }
    }

    /// <summary>Forgets the parts of an upload or of the object it became.</summary>
    /// <returns>Whether there are files to sweep.</returns>
    public static bool DiscardParts(SqliteSession session, string bucket, long owner)
    {
        using var sweep = session.Prepare("INSERT INTO garbage (id, bucket, owner) SELECT id, ?, owner FROM part WHERE owner = ? AND layout = 1");
        using var inline = session.Prepare("DELETE FROM inline_content WHERE id IN (SELECT id FROM part WHERE owner = ? AND layout = 0)");
        using var rows = session.Prepare("DELETE FROM part WHERE owner = ?");
        var files = sweep.Bind(bucket).Bind(owner).Execute();
        inline.Bind(owner).Execute();
        rows.Bind(owner).Execute();
        return files > 0;
    }

    public static void InsertInline(SqliteSession session, long id, ReadOnlySpan<byte> data)
    {
        using var statement = session.Prepare("INSERT INTO inline_content (id, data) VALUES (?, ?)");
        statement.Bind(id).BindBlob(data).Execute();
    }

    public static byte[] ReadInline(SqliteSession session, long id)
    {
        using var statement = session.Prepare("SELECT data FROM inline_content WHERE id = ?");
        return statement.Bind(id).Step()
            ? statement.GetBytes(0).ToArray()
            : throw new IOException($"The index has lost the bytes of content {id:x16}.");
    }

    public static List<PartInfo> ReadParts(SqliteSession session, long owner, int after = 0, int limit = int.MaxValue)
    {
        using var row = session.Prepare(
            "SELECT id, number, size, etag, modified, layout, checksum_algorithm, checksum FROM part WHERE owner = ? AND number > ? ORDER BY number LIMIT ?");
        row.Bind(owner).Bind(after).Bind(limit);
        var parts = new List<PartInfo>();
        while (row.Step())
        {
            parts.Add(new(
                (int)row.GetInt64(1),
                row.GetInt64(2),
                row.GetString(3),
                Time(row.GetInt64(4)),
                new((ChecksumAlgorithm)row.GetInt64(6), ChecksumType.FullObject, row.GetString(7)))
            {
                Content = new(row.GetInt64(0), (ContentLayout)row.GetInt64(5)),
            });
        }

        return parts;
    }

    public static void InsertPart(SqliteSession session, long owner, PartInfo part)
    {
        using var statement = session.Prepare(
            "INSERT INTO part (id, owner, number, size, etag, modified, layout, checksum_algorithm, checksum) VALUES (?,?,?,?,?,?,?,?,?)");
        statement.Bind(part.Content.Id).Bind(owner).Bind(part.Number).Bind(part.Size).Bind(part.ETag)
            .Bind(Milliseconds(part.LastModified)).Bind((long)part.Content.Layout)
            .Bind((long)part.Checksum.Algorithm).Bind(part.Checksum.Value).Execute();
    }

    private static BucketInfo ReadBucket(SqliteStatement row) => new(row.GetString(1), row.GetString(2), row.GetString(3), Time(row.GetInt64(4)))
    {
        Id = row.GetInt64(0),
        Versioning = (BucketVersioning)row.GetInt64(5),
        DocumentsJson = row.GetStringOrNull(6),
    };

    private static ObjectInfo ReadObject(SqliteStatement row, BucketInfo bucket, string key) => new()
    {
        Bucket = bucket.Name,
        Key = key,
        Id = row.GetInt64(0),
        VersionId = row.GetString(1),
        Size = row.GetInt64(2),
        ETag = row.GetString(3),
        LastModified = Time(row.GetInt64(4)),
        StorageClass = row.GetString(5),
        Content = new(row.GetInt64(6), (ContentLayout)row.GetInt64(7)),
        PartCount = (int)row.GetInt64(8),
        Checksum = row.GetInt64OrNull(9) is { } algorithm
            ? new((ChecksumAlgorithm)algorithm, (ChecksumType)row.GetInt64(10), row.GetString(11))
            : null,
        Attributes = ObjectJson.ReadAttributes(row.GetStringOrNull(12)),
        Tags = ObjectJson.ReadTags(row.GetStringOrNull(13)),
        IsLatest = row.GetInt64(14) != 0,
        IsDeleteMarker = row.GetInt64(15) != 0,
    };

    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();
}
