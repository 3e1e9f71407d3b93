using Sagebrush.State.Objects.Checksums;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Objects;

/// <summary>Reads and writes the index's rows inside a caller's transaction.</summary>
internal static class ObjectRows
{
    private const string ObjectColumns =
        "id, version, size, etag, modified, storage_class, content, layout, part_count, checksum_algorithm, checksum_type, checksum, attributes, tags";

    public static BucketInfo? FindBucket(SqliteSession session, string name)
    {
        using var statement = session.Prepare("SELECT id, name, account, region, created FROM bucket WHERE name = ?");
        return statement.Bind(name).Step() ? ReadBucket(statement) : null;
    }

    public static BucketInfo RequireBucket(SqliteSession session, string name) =>
        FindBucket(session, name) ?? throw ObjectStoreException.NoSuchBucket(name);

    public static BucketInfo ReadBucket(SqliteStatement row) =>
        new(row.GetString(1), row.GetString(2), row.GetString(3), Time(row.GetInt64(4))) { Id = row.GetInt64(0) };

    public static ObjectInfo? FindObject(SqliteSession session, BucketInfo bucket, byte[] key, string text)
    {
        using var row = session.Prepare($"SELECT {ObjectColumns} FROM object WHERE bucket = ? AND key = ? AND latest = 1 AND delete_marker = 0");
        return row.Bind(bucket.Id).BindBlob(key).Step()
            ? new ObjectInfo
            {
                Bucket = bucket.Name,
                Key = text,
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
            }
            : null;
    }

    public static void InsertObject(SqliteSession session, BucketInfo bucket, byte[] key, ObjectInfo info, string? upload)
    {
        using var statement = session.Prepare(
            $"INSERT INTO object ({ObjectColumns}, upload, bucket, key, latest, delete_marker) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,1,0)");
        statement.Bind(info.Id).Bind(info.VersionId).Bind(info.Size).Bind(info.ETag).Bind(Milliseconds(info.LastModified))
            .Bind(info.StorageClass).Bind(info.Content.Id).Bind((long)info.Content.Layout).Bind(info.PartCount)
            .Bind((long?)info.Checksum?.Algorithm).Bind((long?)info.Checksum?.Type).Bind(info.Checksum?.Value)
            .Bind(ObjectJson.Write(info.Attributes)).Bind(ObjectJson.WriteTags(info.Tags)).Bind(upload)
            .Bind(bucket.Id).BindBlob(key).Execute();
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
                using (var insert = session.Prepare("INSERT INTO garbage (id, bucket, owner) VALUES (?, ?, 0)"))
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

    public static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();
}
