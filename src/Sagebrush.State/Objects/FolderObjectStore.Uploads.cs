using System.Security.Cryptography;
using Sagebrush.State.Objects.Checksums;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Objects;

public sealed partial class FolderObjectStore
{
    private const int TokenBytes = 24;
    private const string UploadColumns = "upload.id, token, key, initiated, storage_class, checksum_algorithm, checksum_type, attributes";

    /// <inheritdoc/>
    public Task<UploadInfo> CreateUploadAsync(
        ObjectTarget target, ChecksumAlgorithm algorithm, ChecksumType type, CancellationToken cancellationToken = default)
    {
        var key = KeyBytes.Of(target.Key);
        var upload = new UploadInfo
        {
            Id = _ids.Next(),
            Bucket = target.Bucket,
            Key = target.Key,
            UploadId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)),
            Initiated = Now(),
            StorageClass = target.StorageClass,
            ChecksumAlgorithm = algorithm,
            ChecksumType = type,
            Attributes = target.Attributes,
        };
        return _index.WriteAsync(
            session =>
            {
                var bucket = ObjectRows.RequireBucket(session, target.Bucket);
                using var statement = session.Prepare(
                    "INSERT INTO upload (id, token, bucket, key, initiated, storage_class, checksum_algorithm, checksum_type, attributes, tags) VALUES (?,?,?,?,?,?,?,?,?,?)");
                statement.Bind(upload.Id).Bind(upload.UploadId).Bind(bucket.Id).BindBlob(key)
                    .Bind(ObjectRows.Milliseconds(upload.Initiated)).Bind(upload.StorageClass)
                    .Bind((long)algorithm).Bind((long)type)
                    .Bind(ObjectJson.Write(target.Attributes)).Bind(ObjectJson.WriteTags(target.Tags)).Execute();
                return upload;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public UploadInfo GetUpload(string bucket, string key, string uploadId)
    {
        var bytes = KeyBytes.Of(key);
        return _index.Read(session => RequireUpload(session, ObjectRows.RequireBucket(session, bucket), bytes, uploadId));
    }

    /// <inheritdoc/>
    public async Task<PartInfo> PutPartAsync(
        UploadInfo upload, int number, PendingContent content, CancellationToken cancellationToken = default)
    {
        if (upload.Attributes.CustomerKey is null != content.KeyCheck is null)
        {
            throw new ArgumentException("Either all parts of an upload are encrypted with the client's key, or none is.", nameof(content));
        }

        var key = KeyBytes.Of(upload.Key);
        var part = new PartInfo(number, content.Size, content.ETag, Now(), content.Checksum(upload.ChecksumAlgorithm))
        {
            Content = content.Files[0].Address,
        };
        var garbage = await _index.WriteAsync(
            session =>
            {
                var bucket = ObjectRows.RequireBucket(session, upload.Bucket);
                var present = RequireUpload(session, bucket, key, upload.UploadId);
                var files = DiscardPart(session, bucket, present.Id, number);
                ObjectRows.InsertPart(session, present.Id, part);
                if (content.Files[0].Inline is { } bytes)
                {
                    ObjectRows.InsertInline(session, part.Content.Id, bytes.Span);
                }

                return files;
            },
            cancellationToken);
        content.Land(upload.Bucket);
        WakeSweeper(garbage);
        return part;
    }

    /// <inheritdoc/>
    public IReadOnlyList<PartInfo> ListParts(UploadInfo upload, int after = 0, int limit = int.MaxValue) =>
        _index.Read(session => ObjectRows.ReadParts(session, upload.Id, after, limit));

    /// <inheritdoc/>
    public UploadPage ListUploads(ListObjectsQuery query, string? afterUploadId = null) => _index.Read(session =>
    {
        var bucket = ObjectRows.RequireBucket(session, query.Bucket);
        var rest = afterUploadId is { Length: > 0 } && query.After is { Length: > 0 } key
            ? UploadsOfKey(session, bucket, KeyBytes.OfPattern(key), afterUploadId)
            : [];
        using var row = session.Prepare(
            $"SELECT {UploadColumns} FROM upload WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key, upload.id");
        var walk = Walk(query, bucket, row, rest, 2, found => ReadUpload(found, bucket));
        var last = walk.EndsInEntry(query, upload => upload.Key) ? walk.Entries[^1].UploadId : null;
        return new UploadPage(walk.Entries, walk.Scan.CommonPrefixes, walk.Next(query), last);
    });

    /// <inheritdoc/>
    public async Task AbortUploadAsync(string bucket, string key, string uploadId, CancellationToken cancellationToken = default)
    {
        var bytes = KeyBytes.Of(key);
        var garbage = await _index.WriteAsync(
            session =>
            {
                var upload = RequireUpload(session, ObjectRows.RequireBucket(session, bucket), bytes, uploadId);
                DeleteUpload(session, upload.Id);
                return ObjectRows.DiscardParts(session, bucket, upload.Id);
            },
            cancellationToken);
        WakeSweeper(garbage);
    }

    private static UploadInfo RequireUpload(SqliteSession session, BucketInfo bucket, byte[] key, string uploadId)
    {
        using var row = session.Prepare($"SELECT {UploadColumns} FROM upload WHERE token = ? AND bucket = ? AND key = ?");
        return row.Bind(uploadId).Bind(bucket.Id).BindBlob(key).Step()
            ? ReadUpload(row, bucket)
            : throw ObjectStoreException.NoSuchUpload(uploadId);
    }

    private static List<UploadInfo> UploadsOfKey(SqliteSession session, BucketInfo bucket, byte[] key, string after)
    {
        using var row = session.Prepare(
            $"SELECT {UploadColumns} FROM upload WHERE bucket = ? AND key = ? AND upload.id > (SELECT coalesce(max(id), 0) FROM upload WHERE token = ?) ORDER BY upload.id");
        row.Bind(bucket.Id).BindBlob(key).Bind(after);
        var uploads = new List<UploadInfo>();
        while (row.Step())
        {
            uploads.Add(ReadUpload(row, bucket));
        }

        return uploads;
    }

    private static UploadInfo ReadUpload(SqliteStatement row, BucketInfo bucket) => new()
    {
        Id = row.GetInt64(0),
        Bucket = bucket.Name,
        UploadId = row.GetString(1),
        Key = KeyBytes.ToText(row.GetBytes(2)),
        Initiated = ObjectRows.Time(row.GetInt64(3)),
        StorageClass = row.GetString(4),
        ChecksumAlgorithm = (ChecksumAlgorithm)row.GetInt64(5),
        ChecksumType = (ChecksumType)row.GetInt64(6),
        Attributes = ObjectJson.ReadAttributes(row.GetStringOrNull(7)),
    };

    private static void DeleteUpload(SqliteSession session, long id)
    {
        using var statement = session.Prepare("DELETE FROM upload WHERE id = ?");
        statement.Bind(id).Execute();
    }

    private static bool DiscardPart(SqliteSession session, BucketInfo bucket, long owner, int number)
    {
        using var row = session.Prepare("SELECT id, layout FROM part WHERE owner = ? AND number = ?");
        if (!row.Bind(owner).Bind(number).Step())
        {
            return false;
        }

        var content = new ContentAddress(row.GetInt64(0), (ContentLayout)row.GetInt64(1));
        using var delete = session.Prepare("DELETE FROM part WHERE id = ?");
        delete.Bind(content.Id).Execute();
        return ObjectRows.DiscardContent(session, bucket.Name, content);
    }
}
