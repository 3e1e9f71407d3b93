using Sagebrush.State.Objects.Checksums;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Objects;

public sealed partial class FolderObjectStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(
        string bucket, IReadOnlyList<DeleteTarget> targets, CancellationToken cancellationToken = default)
    {
        _reserve.Keep();
        try
        {
            return await TryDeleteAsync(bucket, targets, cancellationToken);
        }
        catch (DatabaseFullException) when (_reserve.TryRelease())
        {
            return await TryDeleteAsync(bucket, targets, cancellationToken);
        }
    }

    private async Task<DeleteOutcome[]> TryDeleteAsync(string bucket, IReadOnlyList<DeleteTarget> targets, CancellationToken cancellationToken)
    {
        var outcomes = new DeleteOutcome[targets.Count];
        var garbage = await _index.WriteAsync(
            session =>
            {
                var info = ObjectRows.RequireBucket(session, bucket);
                var files = false;
                for (var index = 0; index < outcomes.Length; index++)
                {
                    try
                    {
                        (outcomes[index], var more) = Delete(session, info, targets[index]);
                        files |= more;
                        Announce(session, targets[index].Announce?.Invoke(outcomes[index]));
                    }
                    catch (ObjectStoreException refusal)
                    {
                        // Every check comes before the first change, so nothing of this one is to be undone.
                        outcomes[index] = new() { Refusal = refusal };
                    }
                }

                return files;
            },
            cancellationToken);
        WakeSweeper(garbage);
        return outcomes;
    }

    private (DeleteOutcome Outcome, bool Garbage) Delete(SqliteSession session, BucketInfo bucket, in DeleteTarget target)
    {
        var key = KeyBytes.Of(target.Key);
        var latest = ObjectRows.FindLatest(session, bucket, key, target.Key);
        if (target.VersionId is { } version)
        {
            var named = latest?.VersionId == version ? latest : ObjectRows.FindVersion(session, bucket, key, target.Key, version);
            target.Condition.Check(named, target.Key);
            RequireUnlocked(named, target.BypassesGovernance);
            return (new() { Removed = named }, named is not null && Remove(session, bucket, key, named));
        }

        var present = latest is { IsDeleteMarker: false } ? latest : null;
        target.Condition.Check(present, target.Key);
        if (bucket.Versioning == BucketVersioning.None)
        {
            return (new() { Removed = latest }, latest is not null && Remove(session, bucket, key, latest));
        }

        var (marker, garbage) = PutOnTop(session, bucket, key, latest, Marker(bucket, target.Key), upload: null);
        var removed = bucket.Versioning == BucketVersioning.Suspended && present?.VersionId == ObjectVersionId.Null ? present : null;
        return (new() { Removed = removed, Marker = marker }, garbage);
    }

    private void RequireUnlocked(ObjectInfo? version, bool bypassesGovernance)
    {
        if (version?.Attributes is not { } attributes)
        {
            return;
        }

        var isRetained = attributes.Retention is { } retention
            && retention.Until > _clock.GetUtcNow()
            && !(retention.Mode == RetentionMode.Governance && bypassesGovernance);
        if (isRetained || attributes.LegalHold == true)
        {
            throw new ObjectStoreException(ObjectStoreError.AccessDenied, "Access Denied because object protected by object lock.");
        }
    }

    private static bool Remove(SqliteSession session, BucketInfo bucket, byte[] key, ObjectInfo version)
    {
        var garbage = ObjectRows.DeleteObject(session, version);
        if (version.IsLatest)
        {
            ObjectRows.PromoteNewest(session, bucket, key);
        }

        return garbage;
    }

    private ObjectInfo Marker(BucketInfo bucket, string key) => new()
    {
        Bucket = bucket.Name,
        Key = key,
        VersionId = ObjectVersionId.Null,
        IsDeleteMarker = true,
        Size = 0,
        ETag = "",
        LastModified = Now(),
        StorageClass = "STANDARD",
        PartCount = 0,
        Checksum = default(ObjectChecksum?),
        Attributes = ObjectAttributes.None,
        Tags = ObjectJson.ReadTags(null),
    };
}
