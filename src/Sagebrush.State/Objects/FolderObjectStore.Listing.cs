using Sagebrush.State.Objects.Checksums;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Objects;

public sealed partial class FolderObjectStore
{
    private const string ListedColumns = "key, size, etag, modified, storage_class, checksum_algorithm, checksum_type";

    /// <inheritdoc/>
    public ObjectPage List(ListObjectsQuery query) => _index.Read(session =>
    {
        var bucket = ObjectRows.RequireBucket(session, query.Bucket);
        using var row = session.Prepare(
            $"""
            SELECT {ListedColumns} FROM object
            WHERE bucket = ? AND key >= ? AND key < ? AND latest = 1 AND delete_marker = 0 ORDER BY key
            """);
        var walk = Walk(query, bucket, row, [], 0, ReadListed);
        return new ObjectPage(walk.Entries, walk.Scan.CommonPrefixes, walk.Scan.Next);
    });

    /// <inheritdoc/>
    public VersionPage ListVersions(ListObjectsQuery query, string? afterVersion = null) => _index.Read(session =>
    {
        var bucket = ObjectRows.RequireBucket(session, query.Bucket);
        var rest = afterVersion is { Length: > 0 } && query.After is { Length: > 0 } key
            ? OlderVersions(session, bucket, key, afterVersion, query.Limit)
            : [];
        using var row = session.Prepare(
            $"""
            SELECT {ListedColumns}, version, latest, delete_marker, id FROM object
            WHERE bucket = ?1 AND key >= ?2 AND key < ?3 AND latest = 1
            UNION ALL
            SELECT {ListedColumns}, version, latest, delete_marker, id FROM object
            WHERE bucket = ?1 AND key >= ?2 AND key < ?3 AND latest = 0
            ORDER BY 1, 11 DESC
            """);
        var walk = Walk(query, bucket, row, rest, 0, ReadVersion);
        var last = walk.EndsInEntry(query, version => version.Object.Key) ? walk.Entries[^1].VersionId : null;
        return new VersionPage(walk.Entries, walk.Scan.CommonPrefixes, walk.Next(query), last);
    });

    /// <summary>Reads one page of entries, of which a key may have several.</summary>
    /// <param name="query">The page.</param>
    /// <param name="bucket">Its bucket.</param>
    /// <param name="row">Reads entries of the bucket (1) from a key (2) to a key (3) in order.</param>
    /// <param name="rest">Entries of the key the last page ended with: they come first and need no rolling up.</param>
    /// <param name="keyColumn">Where a row's key is.</param>
    /// <param name="read">Reads an entry.</param>
    private static ListingWalk<T> Walk<T>(
        ListObjectsQuery query, BucketInfo bucket, SqliteStatement row, List<T> rest, int keyColumn, Func<SqliteStatement, T> read)
    {
        rest = query.Limit == 0 ? [] : rest;
        var scan = new ListingScan(
            KeyBytes.OfPattern(query.Prefix), KeyBytes.OfPattern(query.Delimiter), query.After, Math.Max(0, query.Limit - rest.Count));
        var walk = new ListingWalk<T>(scan, rest.Count > query.Limit ? rest[..query.Limit] : rest, rest.Count > query.Limit);
        while (query.Limit > 0 && !walk.IsCut && scan.NextRange(out var from, out var to))
        {
            row.Reset();
            row.Bind(bucket.Id).BindBlob(from).BindBlob(to);
            ReadRange(row, walk, keyColumn, read);
        }

        return walk;
    }

    private static void ReadRange<T>(SqliteStatement row, ListingWalk<T> walk, int keyColumn, Func<SqliteStatement, T> read)
    {
        while (row.Step())
        {
            switch (walk.Scan.Visit(row.GetBytes(keyColumn)))
            {
                case ListingStep.Take:
                    walk.Entries.Add(read(row));
                    break;
                case ListingStep.Jump:
                    return;
            }
        }

        walk.Scan.Finish();
    }

    private static List<ListedVersion> OlderVersions(SqliteSession session, BucketInfo bucket, string key, string version, int limit)
    {
        var bytes = KeyBytes.OfPattern(key);
        if (!ObjectVersionId.TryParse(version, out var id))
        {
            id = ObjectRows.FindVersion(session, bucket, bytes, key, version)?.Id ?? 0;
        }

        using var row = session.Prepare(
            $"""
            SELECT {ListedColumns}, version, latest, delete_marker FROM object
            WHERE bucket = ? AND key = ? AND latest = 0 AND id < ? ORDER BY id DESC LIMIT ?
            """);
        row.Bind(bucket.Id).BindBlob(bytes).Bind(id).Bind(limit + 1L);
        var versions = new List<ListedVersion>();
        while (row.Step())
        {
            versions.Add(ReadVersion(row));
        }

        return versions;
    }

    private static ListedVersion ReadVersion(SqliteStatement row) =>
        new(ReadListed(row), row.GetString(7), row.GetInt64(8) != 0, row.GetInt64(9) != 0);

    private static ListedObject ReadListed(SqliteStatement row) => new(
        KeyBytes.ToText(row.GetBytes(0)),
        row.GetInt64(1),
        row.GetString(2),
        ObjectRows.Time(row.GetInt64(3)),
        row.GetString(4),
        (ChecksumAlgorithm?)row.GetInt64OrNull(5),
        (ChecksumType?)row.GetInt64OrNull(6));
}
