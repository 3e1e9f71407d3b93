using Sagebrush.State.Objects.Checksums;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Objects;

public sealed partial class FolderObjectStore
{
    /// <inheritdoc/>
    public ObjectPage List(ListObjectsQuery query)
    {
        var prefix = KeyBytes.OfPattern(query.Prefix);
        var delimiter = KeyBytes.OfPattern(query.Delimiter);
        return _index.Read(session =>
        {
            var bucket = ObjectRows.RequireBucket(session, query.Bucket);
            if (query.Limit == 0)
            {
                return new ObjectPage([], [], null);
            }

            var scan = new ListingScan(prefix, delimiter, query.After, query.Limit);
            using var row = session.Prepare(
                """
                SELECT key, size, etag, modified, storage_class, checksum_algorithm, checksum_type FROM object
                WHERE bucket = ? AND key >= ? AND key < ? AND latest = 1 AND delete_marker = 0 ORDER BY key
                """);
            var objects = new List<ListedObject>();
            while (scan.NextRange(out var from, out var to))
            {
                row.Reset();
                row.Bind(bucket.Id).BindBlob(from).BindBlob(to);
                ReadRange(row, scan, objects);
            }

            return new ObjectPage(objects, scan.CommonPrefixes, scan.Next);
        });
    }

    private static void ReadRange(SqliteStatement row, ListingScan scan, List<ListedObject> objects)
    {
        while (row.Step())
        {
            switch (scan.Visit(row.GetBytes(0)))
            {
                case ListingStep.Take:
                    objects.Add(ReadListed(row));
                    break;
                case ListingStep.Jump:
                    return;
            }
        }

        scan.Finish();
    }

    private static ListedObject ReadListed(SqliteStatement row) => new(
        KeyBytes.ToText(row.GetBytes(0)),
        row.GetInt64(1),
        row.GetString(2),
        ObjectRows.Time(row.GetInt64(3)),
        row.GetString(4),
        (ChecksumAlgorithm?)row.GetInt64OrNull(5),
        (ChecksumType?)row.GetInt64OrNull(6));
}
