using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Settings;
using Sagebrush.State.Objects;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;

namespace Sagebrush.Services.S3;

/// <summary>What access lists give to callers who have no rights of their own: to everybody, or to everybody who has a key.</summary>
/// <remarks>A grant to the owner's account gives nothing more: in it policies decide. Source: "Access control list (ACL) overview" of S3.</remarks>
internal sealed class AccessListGrants(IObjectStore store)
{
    /// <summary>Whether a list gives a caller an action.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The object's key; null for the bucket itself.</param>
    /// <param name="action">The action, such as <c>s3:GetObject</c>.</param>
    /// <param name="isSigned">Whether the caller has a key.</param>
    public bool Allow(BucketInfo bucket, string? key, string action, bool isSigned)
    {
        if (!AccessSettingOperations.HasAccessLists(bucket) || AccessSettingOperations.PublicAccessOf(bucket).IgnorePublicAcls == true)
        {
            return false;
        }

        return (OfBucket(action), key) switch
        {
            ({ } permission, _) => Has(bucket, bucket.Documents.GetValueOrDefault(BucketSettings.AccessList), permission, isSigned),
            (null, { } text) when OfObject(action) is { } permission => store.FindObject(bucket.Name, text) is { } info
                ? Has(bucket, info.Attributes.AccessList, permission, isSigned)

                // Who may list the keys may know that there is none: the operation says so.
                : Has(bucket, bucket.Documents.GetValueOrDefault(BucketSettings.AccessList), Permission.Read, isSigned),
            _ => false,
        };
    }

    private static bool Has(BucketInfo bucket, string? kept, string permission, bool isSigned) =>
        kept is not null && AccessLists.Grants(bucket, kept).Exists(grant =>
            (grant.Permission == permission || grant.Permission == Permission.FullControl)
            && (AccessLists.IsForEverybody(grant) || (isSigned && AccessLists.IsForKeyOwners(grant))));

    /// <summary>The permission on the bucket that an action needs; null for those that the object's list decides.</summary>
    private static string? OfBucket(string action) => action switch
    {
        "s3:ListBucket" or "s3:ListBucketVersions" or "s3:ListBucketMultipartUploads" => Permission.Read,
        "s3:PutObject" or "s3:DeleteObject" => Permission.Write,
        "s3:GetBucketAcl" => Permission.ReadAcp,
        "s3:PutBucketAcl" => Permission.WriteAcp,
        _ => null,
    };

    /// <remarks>Older versions have lists of their own, which nobody looks at but their owner.</remarks>
    private static string? OfObject(string action) => action switch
    {
        "s3:GetObject" => Permission.Read,
        "s3:GetObjectAcl" => Permission.ReadAcp,
        "s3:PutObjectAcl" => Permission.WriteAcp,
        _ => null,
    };
}
