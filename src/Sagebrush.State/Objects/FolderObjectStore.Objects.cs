using Sagebrush.State.Objects.Encryption;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Objects;

public sealed partial class FolderObjectStore
{
    /// <inheritdoc/>
    public Task<PendingContent> WriteAsync(Stream content, ContentOptions options, CancellationToken cancellationToken = default) =>
        _writer.WriteAsync(content, options, cancellationToken);

    /// <inheritdoc/>
    public async Task<ObjectInfo> PutAsync(ObjectTarget target, PendingContent content, CancellationToken cancellationToken = default)
    {
        var key = KeyBytes.Of(target.Key);
        var described = new ObjectInfo
        {
            Bucket = target.Bucket,
            Key = target.Key,
            VersionId = ObjectVersionId.Null,
            Size = content.Size,
            ETag = content.ETag,
            LastModified = Now(),
            StorageClass = target.StorageClass,
            PartCount = content.PartCount,
            Checksum = content.KeptChecksum,
            Attributes = target.Attributes with { CustomerKey = content.KeyCheck },
            Tags = target.Tags ?? ObjectJson.ReadTags(null),
            Content = content.PartCount == 0 ? content.Files[0].Address : new(_ids.Next(), ContentLayout.Parts),
        };
        var (info, garbage) = await _index.WriteAsync(
            session =>
            {
                var bucket = ObjectRows.RequireBucket(session, target.Bucket);
                var latest = ObjectRows.FindLatest(session, bucket, key, target.Key);
                target.Condition.Check(latest is { IsDeleteMarker: false } ? latest : null, target.Key);
                InsertContent(session, described, content);
                var stored = PutOnTop(session, bucket, key, latest, described, upload: null);
                Announce(session, target.Announce?.Invoke(stored.Info));
                return stored;
            },
            cancellationToken);
        content.Land(target.Bucket);
        WakeSweeper(garbage);
        return info;
    }

    /// <inheritdoc/>
    public ObjectInfo? FindObject(string bucket, string key)
    {
        var bytes = KeyBytes.Of(key);
        return _index.Read(session => ObjectRows.FindObject(session, ObjectRows.RequireBucket(session, bucket), bytes, key));
    }

    /// <inheritdoc/>
    public ObjectInfo GetObject(string bucket, string key, string? version = null)
    {
        var bytes = KeyBytes.Of(key);
        return _index.Read(session => Require(session, ObjectRows.RequireBucket(session, bucket), bytes, key, version));
    }

    /// <inheritdoc/>
    public ObjectReader Open(string bucket, string key, string? version = null, CustomerKey? customerKey = null)
    {
        var bytes = KeyBytes.Of(key);
        var missing = 0L;
        while (true)
        {
            var (info, parts, inline) = _index.Read(session => ReadContent(session, bucket, bytes, key, version));
            CustomerKey.Require(customerKey, info.Attributes.CustomerKey);

            // A file that is gone belongs to a version replaced or deleted since the row was read: look again. The same row twice
            // means that somebody else took the file away.
            if (TryOpen(info, parts, inline, customerKey) is { } reader)
            {
                return reader;
            }

            if (missing == info.Content.Id)
            {
                throw new IOException($"The file of content {missing:x16} is missing.");
            }

            missing = info.Content.Id;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<PartInfo> ObjectParts(ObjectInfo info) => info.Content.Layout == ContentLayout.Parts
        ? _index.Read(session => ObjectRows.ReadParts(session, info.Content.Id))
        : [];

    /// <inheritdoc/>
    public Task SetObjectTagsAsync(
        string bucket,
        string key,
        string? version,
        IReadOnlyDictionary<string, string> tags,
        Func<ObjectInfo, IReadOnlyList<string>>? announce = null,
        CancellationToken cancellationToken = default) =>
        UpdateColumnAsync(bucket, key, version, "tags", _ => ObjectJson.WriteTags(tags), announce, cancellationToken);

    /// <inheritdoc/>
    public Task SetObjectAttributesAsync(
        string bucket, string key, string? version, Func<ObjectInfo, ObjectAttributes> change, CancellationToken cancellationToken = default) =>
        UpdateColumnAsync(bucket, key, version, "attributes", info => ObjectJson.Write(change(info)), announce: null, cancellationToken);

    private Task UpdateColumnAsync(
        string bucket,
        string key,
        string? version,
        string column,
        Func<ObjectInfo, string?> value,
        Func<ObjectInfo, IReadOnlyList<string>>? announce,
        CancellationToken cancellationToken)
    {
        var bytes = KeyBytes.Of(key);
        return _index.WriteAsync(
            session =>
            {
                var present = Require(session, ObjectRows.RequireBucket(session, bucket), bytes, key, version);
                using var statement = session.Prepare($"UPDATE object SET {column} = ? WHERE id = ?");
                statement.Bind(value(present)).Bind(present.Id).Execute();
                Announce(session, announce?.Invoke(present));
            },
            cancellationToken);
    }

    /// <summary>Makes a row the latest of its key, as the bucket's versioning has it.</summary>
    /// <remarks>On the writer's thread ids grow with the order of the commits, and so with the versions of a key.</remarks>
    private (ObjectInfo Info, bool Garbage) PutOnTop(
        SqliteSession session, BucketInfo bucket, byte[] key, ObjectInfo? latest, ObjectInfo described, string? upload)
    {
        var id = _ids.Next();
        var keeps = bucket.Versioning == BucketVersioning.Enabled;
        var info = described with { Id = id, VersionId = keeps ? ObjectVersionId.Of(id) : ObjectVersionId.Null, IsLatest = true };
        if (info.IsDeleteMarker)
        {
            info = info with { Content = new(id, ContentLayout.Inline) };
        }

        var garbage = false;
        if (latest is not null && !keeps && latest.VersionId == ObjectVersionId.Null)
        {
            garbage = ObjectRows.DeleteObject(session, latest);
        }
        else if (latest is not null)
        {
            ObjectRows.Demote(session, latest);
            if (!keeps && ObjectRows.FindNoncurrentNull(session, bucket, key, info.Key) is { } replaced)
            {
                garbage = ObjectRows.DeleteObject(session, replaced);
            }
        }

        ObjectRows.InsertObject(session, bucket, key, info, upload);
        return (info, garbage);
    }

    /// <summary>The version named, or the latest.</summary>
    /// <exception cref="ObjectStoreException">There is none, or it is a delete marker.</exception>
    private static ObjectInfo Require(SqliteSession session, BucketInfo bucket, byte[] key, string text, string? version)
    {
        if (version is not null)
        {
            var named = ObjectRows.FindVersion(session, bucket, key, text, version) ?? throw ObjectStoreException.NoSuchVersion(version);
            return named.IsDeleteMarker
                ? throw new ObjectStoreException(
                    ObjectStoreError.MethodNotAllowed, "The specified method is not allowed against this resource.") { Marker = named }
                : named;
        }

        var latest = ObjectRows.FindLatest(session, bucket, key, text);
        return latest is { IsDeleteMarker: false } ? latest : throw ObjectStoreException.NoSuchKey(text, latest);
    }

    private static void InsertContent(SqliteSession session, ObjectInfo info, PendingContent content)
    {
        foreach (var file in content.Files)
        {
            if (file.Inline is { } bytes)
            {
                ObjectRows.InsertInline(session, file.Id, bytes.Span);
            }

            if (file.Part is { } part)
            {
                ObjectRows.InsertPart(session, info.Content.Id, part with { Content = file.Address });
            }
        }
    }

    private static (ObjectInfo Info, List<PartInfo> Parts, Dictionary<long, byte[]> Inline) ReadContent(
        SqliteSession session, string bucket, byte[] key, string text, string? version)
    {
        var info = Require(session, ObjectRows.RequireBucket(session, bucket), key, text, version);
        var parts = info.Content.Layout == ContentLayout.Parts ? ObjectRows.ReadParts(session, info.Content.Id) : [];

        // Whatever is inline is read in the same snapshot as the row: only the last part of an upload can be that small.
        var inline = parts.Select(part => part.Content).Append(info.Content)
            .Where(content => content.Layout == ContentLayout.Inline)
            .ToDictionary(content => content.Id, content => ObjectRows.ReadInline(session, content.Id));
        return (info, parts, inline);
    }

    private ObjectReader? TryOpen(ObjectInfo info, List<PartInfo> parts, Dictionary<long, byte[]> inline, CustomerKey? key)
    {
        var segments = new List<ObjectReader.Segment>(Math.Max(parts.Count, 1));
        var pieces = info.Content.Layout == ContentLayout.Parts
            ? parts.Select(part => (part.Content, part.Size))
            : [(info.Content, info.Size)];
        var offset = 0L;
        foreach (var (content, size) in pieces)
        {
            var kept = inline.GetValueOrDefault(content.Id);
            var plain = kept is null || key is null ? kept : EncryptedFile.Decrypt(kept, key);
            segments.Add(new(offset, size, content.Id, plain is null ? default(ReadOnlyMemory<byte>?) : plain));
            offset += size;
        }

        // A blob elsewhere is not kept open between requests, so a lease keeps it there.
        var leased = info.Content.Layout == ContentLayout.Parts || (_folder.IsExternal && info.Content.Layout == ContentLayout.File);
        if (leased && !_sweeper.Leases.TryAcquire(info.Content.Id))
        {
            return null;
        }

        var first = segments.FindIndex(segment => segment.Inline is null);
        var handle = first < 0 ? null : _folder.TryOpen(info.Bucket, segments[first].Id);
        if (first >= 0 && handle is null)
        {
            if (leased)
            {
                _sweeper.Leases.Release(info.Content.Id);
            }

            return null;
        }

        return new(info, _folder, leased ? _sweeper : null, segments, parts, handle, key);
    }
}
