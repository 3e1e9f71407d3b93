using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Events;
using Sagebrush.Services.S3.Settings;
using Sagebrush.State.Objects;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;

namespace Sagebrush.Services.S3.Lifecycle;

/// <summary>Removes what the lifecycle rules of the buckets say is over.</summary>
internal sealed class LifecycleSweep(IObjectStore store, ObjectEvents events, TimeProvider clock)
{
    /// <summary>Goes through all buckets that have rules.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var bucket in store.ListBuckets(account: null))
        {
            if (BucketSettings.Find<BucketLifecycleConfiguration>(bucket, BucketSettings.Lifecycle) is not { } rules)
            {
                continue;
            }

            try
            {
                var plan = LifecyclePlan.Of(rules, clock.GetUtcNow());
                await SweepObjectsAsync(bucket, plan, cancellationToken);
                await SweepUploadsAsync(bucket, plan, cancellationToken);
            }
            catch (ObjectStoreException refusal) when (refusal.Error == ObjectStoreError.NoSuchBucket)
            {
                // Deleted meanwhile.
            }
        }
    }

    private async Task SweepObjectsAsync(BucketInfo bucket, LifecyclePlan plan, CancellationToken cancellationToken)
    {
        var query = new ListObjectsQuery { Bucket = bucket.Name };
        var key = new KeyHistory();
        var page = store.ListVersions(query);
        while (true)
        {
            var doomed = new List<DeleteTarget>();
            for (var index = 0; index < page.Versions.Count; index++)
            {
                var version = page.Versions[index];
                var hidesNothing = index + 1 < page.Versions.Count ? page.Versions[index + 1].Object.Key != version.Object.Key : page.NextKey != version.Object.Key;
                if (Judge(bucket, plan, version, key.Visit(version), hidesNothing) is { } target)
                {
                    doomed.Add(target);
                }
            }

            await RemoveAsync(bucket, doomed, cancellationToken);
            if (page.NextKey is null)
            {
                return;
            }

            query = query with { After = page.NextKey };
            page = store.ListVersions(query, page.NextVersionId);
        }
    }

    /// <summary>What is to be deleted for a version, if anything.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="plan">Its rules.</param>
    /// <param name="version">The version.</param>
    /// <param name="history">When it was replaced, and how many replaced versions are newer.</param>
    /// <param name="isLast">Whether it is the key's oldest.</param>
    private DeleteTarget? Judge(
        BucketInfo bucket, LifecyclePlan plan, ListedVersion version, (DateTimeOffset Since, int Newer) history, bool isLast)
    {
        var found = version.Object;
        IReadOnlyDictionary<string, string> Tags() => store.GetObject(bucket.Name, found.Key, version.VersionId).Tags;
        return version switch
        {
            { IsLatest: false, IsDeleteMarker: true } => plan.ExpiresNoncurrent(found, history.Since, history.Newer, static () => new Dictionary<string, string>())
                ? new DeleteTarget(found.Key, version.VersionId)
                : default(DeleteTarget?),
            { IsLatest: false } => plan.ExpiresNoncurrent(found, history.Since, history.Newer, Tags) ? new DeleteTarget(found.Key, version.VersionId) : default(DeleteTarget?),
            { IsDeleteMarker: true } => isLast && plan.ExpiresMarker(found) ? new DeleteTarget(found.Key, version.VersionId) : default(DeleteTarget?),

            // What was written since the rows were read is another object, and stays.
            _ => plan.Expires(found, Tags)
                ? new DeleteTarget(found.Key) { Condition = new() { IfMatch = found.ETag, IfModifiedAt = found.LastModified } }
                : default(DeleteTarget?),
        };
    }

    private async Task RemoveAsync(BucketInfo bucket, List<DeleteTarget> doomed, CancellationToken cancellationToken)
    {
        if (doomed.Count == 0)
        {
            return;
        }

        var announce = events.AnnounceDeletion(ObjectEvents.Expired, bucket, context: null);
        var targets = doomed.ConvertAll(target => target with { Announce = announce });
        foreach (var outcome in await store.DeleteAsync(bucket.Name, targets, cancellationToken))
        {
            events.RaiseDeletion(ObjectEvents.Expired, bucket, outcome, context: null);
        }
    }

    private async Task SweepUploadsAsync(BucketInfo bucket, LifecyclePlan plan, CancellationToken cancellationToken)
    {
        var query = new ListObjectsQuery { Bucket = bucket.Name };
        var page = store.ListUploads(query);
        while (true)
        {
            foreach (var upload in page.Uploads.Where(plan.Aborts))
            {
                try
                {
                    await store.AbortUploadAsync(upload.Bucket, upload.Key, upload.UploadId, cancellationToken);
                }
                catch (ObjectStoreException refusal) when (refusal.Error == ObjectStoreError.NoSuchUpload)
                {
                    // Completed meanwhile.
                }
            }

            if (page.NextKey is null)
            {
                return;
            }

            query = query with { After = page.NextKey };
            page = store.ListUploads(query, page.NextUploadId);
        }
    }
}
