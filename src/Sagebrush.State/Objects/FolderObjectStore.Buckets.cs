using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Objects;

public sealed partial class FolderObjectStore
{
    /// <inheritdoc/>
    public Task<BucketInfo> CreateBucketAsync(string name, string account, string region, CancellationToken cancellationToken = default)
    {
        BucketName.Require(name);
        var bucket = new BucketInfo(name, account, region, Now()) { Id = _ids.Next() };
        return _index.WriteAsync(
            session =>
            {
                if (ObjectRows.FindBucket(session, name) is { } present)
                {
                    throw present.Account == account
                        ? new ObjectStoreException(
                            ObjectStoreError.BucketAlreadyOwnedByYou,
                            "Your previous request to create the named bucket succeeded and you already own it.")
                        { Subject = name }
                        : new ObjectStoreException(
                            ObjectStoreError.BucketAlreadyExists,
                            "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.")
                        { Subject = name };
                }

                using var statement = session.Prepare("INSERT INTO bucket (id, name, account, region, created) VALUES (?, ?, ?, ?, ?)");
                statement.Bind(bucket.Id).Bind(name).Bind(account).Bind(region).Bind(ObjectRows.Milliseconds(bucket.Created)).Execute();
                return bucket;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task DeleteBucketAsync(string name, CancellationToken cancellationToken = default)
    {
        var garbage = await _index.WriteAsync(
            session =>
            {
                var bucket = ObjectRows.RequireBucket(session, name);
                using (var any = session.Prepare("SELECT 1 FROM object WHERE bucket = ? AND latest = 1 LIMIT 1"))
                {
                    if (any.Bind(bucket.Id).Step())
                    {
                        throw new ObjectStoreException(ObjectStoreError.BucketNotEmpty, "The bucket you tried to delete is not empty") { Subject = name };
                    }
                }

                var files = DropUploads(session, bucket);
                using var delete = session.Prepare("DELETE FROM bucket WHERE id = ?");
                delete.Bind(bucket.Id).Execute();
                return files;
            },
            cancellationToken);
        WakeSweeper(garbage);
        _folder.RemoveBucket(name);
    }

    /// <inheritdoc/>
    public BucketInfo? FindBucket(string name) => _index.Read(session => ObjectRows.FindBucket(session, name));

    /// <inheritdoc/>
    public IReadOnlyList<BucketInfo> ListBuckets(
        string account, string prefix = "", string after = "", int limit = int.MaxValue, string? region = null) => _index.Read(session =>
    {
        using var row = session.Prepare(
            """
            SELECT id, name, account, region, created FROM bucket
            WHERE account = ? AND name >= ? AND name > ? AND (? IS NULL OR region = ?) ORDER BY name LIMIT ?
            """);
        row.Bind(account).Bind(prefix).Bind(after).Bind(region).Bind(region).Bind(limit);
        var buckets = new List<BucketInfo>();
        while (row.Step() && ObjectRows.ReadBucket(row) is var bucket && bucket.Name.StartsWith(prefix, StringComparison.Ordinal))
        {
            buckets.Add(bucket);
        }

        return buckets;
    });

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> GetBucketTags(string name) => _index.Read(session =>
    {
        var bucket = ObjectRows.RequireBucket(session, name);
        using var row = session.Prepare("SELECT tags FROM bucket WHERE id = ?");
        row.Bind(bucket.Id).Step();
        return ObjectJson.ReadTags(row.GetStringOrNull(0));
    });

    /// <inheritdoc/>
    public Task SetBucketTagsAsync(string name, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken = default) =>
        _index.WriteAsync(
            session =>
            {
                var bucket = ObjectRows.RequireBucket(session, name);
                using var statement = session.Prepare("UPDATE bucket SET tags = ? WHERE id = ?");
                statement.Bind(ObjectJson.WriteTags(tags)).Bind(bucket.Id).Execute();
            },
            cancellationToken);

    private static bool DropUploads(SqliteSession session, BucketInfo bucket)
    {
        var uploads = new List<long>();
        using (var row = session.Prepare("SELECT id FROM upload WHERE bucket = ?"))
        {
            row.Bind(bucket.Id);
            while (row.Step())
            {
                uploads.Add(row.GetInt64(0));
            }
        }

        var files = false;
        foreach (var upload in uploads)
        {
            files |= ObjectRows.DiscardParts(session, bucket.Name, upload);
        }

        using var delete = session.Prepare("DELETE FROM upload WHERE bucket = ?");
        delete.Bind(bucket.Id).Execute();
        return files;
    }
}
