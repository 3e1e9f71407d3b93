using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Objects;

public sealed partial class FolderObjectStore
{
    private const string Unversioned = "null";

    /// <inheritdoc/>
    public Task<PendingContent> WriteAsync(Stream content, ContentOptions options, CancellationToken cancellationToken = default) =>
        _writer.WriteAsync(content, options, cancellationToken);

    /// <inheritdoc/>
    public async Task<ObjectInfo> PutAsync(ObjectTarget target, PendingContent content, CancellationToken cancellationToken = default)
    {
        var key = KeyBytes.Of(target.Key);
        var info = new ObjectInfo
        {
            Bucket = target.Bucket,
            Key = target.Key,
            Id = _ids.Next(),
            VersionId = Unversioned,
            Size = content.Size,
            ETag = content.ETag,
            LastModified = Now(),
            StorageClass = target.StorageClass,
            PartCount = content.PartCount,
            Checksum = content.KeptChecksum,
            Attributes = target.Attributes,
            Tags = target.Tags ?? ObjectJson.ReadTags(null),
            Content = content.PartCount == 0 ? content.Files[0].Address : new(_ids.Next(), ContentLayout.Parts),
        };
        var garbage = await _index.WriteAsync(
            session =>
            {
                var bucket = ObjectRows.RequireBucket(session, target.Bucket);
                var present = ObjectRows.FindObject(session, bucket, key, target.Key);
                target.Condition.Check(present, target.Key);
                var files = present is not null && ObjectRows.DeleteObject(session, present);
                ObjectRows.InsertObject(session, bucket, key, info, upload: null);
                InsertContent(session, info, content);
                return files;
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
    public ObjectReader Open(string bucket, string key)
    {
        var bytes = KeyBytes.Of(key);
        var missing = 0L;
        while (true)
        {
            var (info, parts, inline) = _index.Read(session => ReadContent(session, bucket, bytes, key));

            // A file that is gone belongs to a version replaced or deleted since the row was read: look again. The same row twice
            // means that somebody else took the file away.
            if (TryOpen(info, parts, inline) is { } reader)
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
    public async Task<IReadOnlyList<bool>> DeleteAsync(string bucket, IReadOnlyList<string> keys, CancellationToken cancellationToken = default)
    {
        var bytes = keys.Select(KeyBytes.Of).ToList();
        var found = new bool[keys.Count];
        var garbage = await _index.WriteAsync(
            session =>
            {
                var info = ObjectRows.RequireBucket(session, bucket);
                var files = false;
                for (var index = 0; index < found.Length; index++)
                {
                    if (ObjectRows.FindObject(session, info, bytes[index], keys[index]) is { } present)
                    {
                        files |= ObjectRows.DeleteObject(session, present);
                        found[index] = true;
                    }
                }

                return files;
            },
            cancellationToken);
        WakeSweeper(garbage);
        return found;
    }

    /// <inheritdoc/>
    public async Task DeleteIfMatchAsync(string bucket, string key, string ifMatch, CancellationToken cancellationToken = default)
    {
        var bytes = KeyBytes.Of(key);
        var garbage = await _index.WriteAsync(
            session =>
            {
                var present = ObjectRows.FindObject(session, ObjectRows.RequireBucket(session, bucket), bytes, key);
                new WriteCondition { IfMatch = ifMatch }.Check(present, key);
                return ObjectRows.DeleteObject(session, present!);
            },
            cancellationToken);
        WakeSweeper(garbage);
    }

    /// <inheritdoc/>
    public Task SetObjectTagsAsync(
        string bucket, string key, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken = default)
    {
        var bytes = KeyBytes.Of(key);
        return _index.WriteAsync(
            session =>
            {
                var present = ObjectRows.FindObject(session, ObjectRows.RequireBucket(session, bucket), bytes, key)
                    ?? throw ObjectStoreException.NoSuchKey(key);
                using var statement = session.Prepare("UPDATE object SET tags = ? WHERE id = ?");
                statement.Bind(ObjectJson.WriteTags(tags)).Bind(present.Id).Execute();
            },
            cancellationToken);
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
        SqliteSession session, string bucket, byte[] key, string text)
    {
        var info = ObjectRows.FindObject(session, ObjectRows.RequireBucket(session, bucket), key, text)
            ?? throw ObjectStoreException.NoSuchKey(text);
        var parts = info.Content.Layout == ContentLayout.Parts ? ObjectRows.ReadParts(session, info.Content.Id) : [];

        // Whatever is inline is read in the same snapshot as the row: only the last part of an upload can be that small.
        var inline = parts.Select(part => part.Content).Append(info.Content)
            .Where(content => content.Layout == ContentLayout.Inline)
            .ToDictionary(content => content.Id, content => ObjectRows.ReadInline(session, content.Id));
        return (info, parts, inline);
    }

    private ObjectReader? TryOpen(ObjectInfo info, List<PartInfo> parts, Dictionary<long, byte[]> inline)
    {
        var segments = new List<ObjectReader.Segment>(Math.Max(parts.Count, 1));
        var pieces = info.Content.Layout == ContentLayout.Parts
            ? parts.Select(part => (part.Content, part.Size))
            : [(info.Content, info.Size)];
        var offset = 0L;
        foreach (var (content, size) in pieces)
        {
            segments.Add(new(offset, size, content.Id, inline.TryGetValue(content.Id, out var bytes) ? bytes : default(ReadOnlyMemory<byte>?)));
            offset += size;
        }

        var leased = info.Content.Layout == ContentLayout.Parts;
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

        return new(info, _folder, _sweeper, segments, parts, handle);
    }
}
