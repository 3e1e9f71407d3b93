using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

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

    public bool Holds(string bucket, string key) => store.FindObject(bucket, key) is not null;

    public IReadOnlyDictionary<string, string> TagsOf(string bucket, string key, string? version)
    {
        try
        {
            return store.GetObject(bucket, key, VersionIds.Read(version)).Tags;
        }
        catch (Exception exception) when (exception is ObjectStoreException or ServiceException)
        {
            // What is wrong with the request, the operation says.
            return new Dictionary<string, string>(0);
        }
    }
}
