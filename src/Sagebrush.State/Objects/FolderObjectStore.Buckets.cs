using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Objects;

public sealed partial class FolderObjectStore
{
    /// <inheritdoc/>
    public Task<BucketInfo> CreateBucketAsync(string name, string account, string region, CancellationToken cancellationToken = default) =>
        CreateBucketAsync(name, account, region, BucketSetup.None, cancellationToken);

    /// <inheritdoc/>
    public Task<BucketInfo> CreateBucketAsync(
        string name, string account, string region, BucketSetup setup, CancellationToken cancellationToken = default)
    {
        BucketName.Require(name);
        var bucket = new BucketInfo(name, account, region, Now())
        {
            Id = _ids.Next(),
            Versioning = setup.Versioning,
            DocumentsJson = ObjectJson.WriteTags(setup.Documents),
        };
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

                using var statement = session.Prepare(
                    "INSERT INTO bucket (id, name, account, region, created, versioning, documents, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
                statement.Bind(bucket.Id).Bind(name).Bind(account).Bind(region).Bind(ObjectRows.Milliseconds(bucket.Created))
                    .Bind((long)setup.Versioning).Bind(bucket.DocumentsJson).Bind(ObjectJson.WriteTags(setup.Tags)).Execute();
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
                        throw new ObjectStoreException(
                            ObjectStoreError.BucketNotEmpty,
                            bucket.Versioning == BucketVersioning.None
                                ? "The bucket you tried to delete is not empty"
                                : "The bucket you tried to delete is not empty. You must delete all versions in the bucket.")
                        { Subject = name };
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
        string? account, string prefix = "", string after = "", int limit = int.MaxValue, string? region = null) =>
        _index.Read(session => ObjectRows.ListBuckets(session, account, prefix, after, limit, region));

    /// <inheritdoc/>
    public Task SetBucketVersioningAsync(string name, BucketVersioning versioning, CancellationToken cancellationToken = default) =>
        UpdateBucketAsync(name, "versioning = ?", (_, statement) => statement.Bind((long)versioning), cancellationToken);

    /// <inheritdoc/>
    public Task SetBucketDocumentAsync(string name, string document, string? text, CancellationToken cancellationToken = default) => UpdateBucketAsync(
        name,
        "documents = ?",
        (bucket, statement) =>
        {
            var documents = new Dictionary<string, string>(bucket.Documents, StringComparer.Ordinal);
            documents.Remove(document);
            if (text is not null)
            {
                documents.Add(document, text);
            }

            statement.Bind(ObjectJson.WriteTags(documents));
        },
        cancellationToken);

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
        UpdateBucketAsync(name, "tags = ?", (_, statement) => statement.Bind(ObjectJson.WriteTags(tags)), cancellationToken);

    private Task UpdateBucketAsync(
        string name, string assignment, Action<BucketInfo, SqliteStatement> bind, CancellationToken cancellationToken) => _index.WriteAsync(
        session =>
        {
            var bucket = ObjectRows.RequireBucket(session, name);
            using var statement = session.Prepare($"UPDATE bucket SET {assignment} WHERE id = ?");
            bind(bucket, statement);
            statement.Bind(bucket.Id).Execute();
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
