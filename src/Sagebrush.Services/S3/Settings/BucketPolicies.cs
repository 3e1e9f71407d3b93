using Sagebrush.State.Objects;

namespace Sagebrush.Services.S3.Settings;

/// <summary>Reads policies from the buckets' settings.</summary>
internal sealed class BucketPolicies(IObjectStore store) : IBucketPolicies
{
    private readonly AccessListGrants _lists = new(store);

    public BucketPolicy? Find(string bucket) => store.FindBucket(bucket) is { } found
        ? new(found.Account, found.Documents.GetValueOrDefault(BucketSettings.Policy))
        : null;

    public bool RestrictsPublicAccess(string bucket) =>
        store.FindBucket(bucket) is { } found && AccessSettingOperations.PublicAccessOf(found).RestrictPublicBuckets == true;

    public bool ListAllows(string bucket, string? key, string action, bool isSigned) =>
        store.FindBucket(bucket) is { } found && _lists.Allow(found, key, action, isSigned);
}
