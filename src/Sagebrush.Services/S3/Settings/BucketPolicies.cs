using Sagebrush.State.Objects;

namespace Sagebrush.Services.S3.Settings;

/// <summary>Reads policies from the buckets' settings.</summary>
internal sealed class BucketPolicies(IObjectStore store) : IBucketPolicies
{
    public BucketPolicy? Find(string bucket) => store.FindBucket(bucket) is { } found
        ? new(found.Account, found.Documents.GetValueOrDefault(BucketSettings.Policy))
        : null;

    public bool RestrictsPublicAccess(string bucket) =>
        store.FindBucket(bucket) is { } found && AccessSettingOperations.PublicAccessOf(found).RestrictPublicBuckets == true;
}
