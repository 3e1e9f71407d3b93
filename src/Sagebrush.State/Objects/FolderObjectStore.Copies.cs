namespace Sagebrush.State.Objects;

public sealed partial class FolderObjectStore
{
    /// <inheritdoc/>
    public async Task<ObjectInfo> CopyAsync(
        string bucket, string key, string? version, Func<ObjectInfo, ObjectTarget> target, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            // The reader keeps the parts from being swept while they are linked.
            using var reader = Open(bucket, key, version);
            var place = target(reader.Info);
            if (place.Bucket == bucket && place.Key == key && FindBucket(bucket)?.Versioning == BucketVersioning.None)
            {
                if (await TryReplaceAttributesAsync(reader.Info, place, cancellationToken) is { } replaced)
                {
                    return replaced;
                }
            }
            else if (await TryDuplicateAsync(reader, cancellationToken) is { } duplicate)
            {
                using (duplicate)
                {
                    return await PutAsync(place, duplicate, cancellationToken);
                }
            }
        }
    }

    /// <returns>Null when the object changed meanwhile.</returns>
    private Task<ObjectInfo?> TryReplaceAttributesAsync(ObjectInfo original, ObjectTarget place, CancellationToken cancellationToken)
    {
        var key = KeyBytes.Of(place.Key);
        var described = original with
        {
            LastModified = Now(),
            StorageClass = place.StorageClass,
            Attributes = place.Attributes,
            Tags = place.Tags ?? ObjectJson.ReadTags(null),
        };
        return _index.WriteAsync<ObjectInfo?>(
            session =>
            {
                var bucket = ObjectRows.RequireBucket(session, place.Bucket);
                var present = ObjectRows.FindObject(session, bucket, key, place.Key);
                place.Condition.Check(present, place.Key);
                if (present?.Id != original.Id || bucket.Versioning != BucketVersioning.None)
                {
                    return null;
                }

                ObjectRows.DeleteRow(session, original.Id);
                var info = described with { Id = _ids.Next() };
                ObjectRows.InsertObject(session, bucket, key, info, upload: null);
                Announce(session, place.Announce?.Invoke(info));
                return info;
            },
            cancellationToken);
    }

    /// <returns>Null when the object was replaced or deleted meanwhile.</returns>
    private async Task<PendingContent?> TryDuplicateAsync(ObjectReader reader, CancellationToken cancellationToken)
    {
        var info = reader.Info;
        var files = new List<PendingFile>();
        IEnumerable<(ContentAddress Content, long Size, PartInfo? Part)> pieces = info.Content.Layout == ContentLayout.Parts
            ? reader.Parts.Select(part => (part.Content, part.Size, (PartInfo?)part))
            : [(info.Content, info.Size, null)];
        var content = default(PendingContent);
        try
        {
            foreach (var (address, size, part) in pieces)
            {
                var id = _ids.Next();
                if (address.Layout == ContentLayout.File && !await _folder.TryDuplicateAsync(info.Bucket, address.Id, id, cancellationToken))
                {
                    return null;
                }

                files.Add(new(id, size, reader.InlineBytes(address.Id)) { Part = part });
            }

            return content = new(_folder, files, info);
        }
        finally
        {
            if (content is null)
            {
                foreach (var file in files.Where(file => file.Inline is null))
                {
                    await _folder.RemoveStagedAsync(file.Id);
                }
            }
        }
    }
}
