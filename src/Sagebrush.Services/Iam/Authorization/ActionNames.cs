using System.Collections.Frozen;

using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Iam.Authorization;

/// <summary>The names that policies give to operations.</summary>
internal static class ActionNames
{
    // Where S3's actions are not named like the operations. Source: "Required permissions for Amazon S3 API operations".
    private static readonly FrozenDictionary<string, string> S3 = new Dictionary<string, string>
    {
        ["ListObjects"] = "ListBucket",
        ["ListObjectsV2"] = "ListBucket",
        ["HeadBucket"] = "ListBucket",
        ["ListObjectVersions"] = "ListBucketVersions",
        ["ListBuckets"] = "ListAllMyBuckets",
        ["ListMultipartUploads"] = "ListBucketMultipartUploads",
        ["ListParts"] = "ListMultipartUploadParts",
        ["HeadObject"] = "GetObject",
        ["GetObjectAttributes"] = "GetObject",
        ["SelectObjectContent"] = "GetObject",
        ["CopyObject"] = "PutObject",
        ["CreateMultipartUpload"] = "PutObject",
        ["UploadPart"] = "PutObject",
        ["UploadPartCopy"] = "PutObject",
        ["CompleteMultipartUpload"] = "PutObject",
        ["DeleteObjects"] = "DeleteObject",
        ["DeleteBucketTagging"] = "PutBucketTagging",
        ["GetBucketLifecycle"] = "GetLifecycleConfiguration",
        ["GetBucketLifecycleConfiguration"] = "GetLifecycleConfiguration",
        ["PutBucketLifecycle"] = "PutLifecycleConfiguration",
        ["PutBucketLifecycleConfiguration"] = "PutLifecycleConfiguration",
        ["DeleteBucketLifecycle"] = "PutLifecycleConfiguration",
        ["GetBucketCors"] = "GetBucketCORS",
        ["PutBucketCors"] = "PutBucketCORS",
        ["DeleteBucketCors"] = "PutBucketCORS",
        ["GetBucketEncryption"] = "GetEncryptionConfiguration",
        ["PutBucketEncryption"] = "PutEncryptionConfiguration",
        ["DeleteBucketEncryption"] = "PutEncryptionConfiguration",
        ["GetPublicAccessBlock"] = "GetBucketPublicAccessBlock",
        ["PutPublicAccessBlock"] = "PutBucketPublicAccessBlock",
        ["DeletePublicAccessBlock"] = "PutBucketPublicAccessBlock",
        ["DeleteBucketOwnershipControls"] = "PutBucketOwnershipControls",
        ["GetBucketNotificationConfiguration"] = "GetBucketNotification",
        ["PutBucketNotificationConfiguration"] = "PutBucketNotification",
        ["GetBucketReplication"] = "GetReplicationConfiguration",
        ["PutBucketReplication"] = "PutReplicationConfiguration",
        ["GetObjectLockConfiguration"] = "GetBucketObjectLockConfiguration",
        ["PutObjectLockConfiguration"] = "PutBucketObjectLockConfiguration",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Versioned =
        new[] { "GetObject", "GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging", "GetObjectAcl", "PutObjectAcl", "DeleteObject", "GetObjectAttributes" }
            .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The action of an operation, such as <c>sagemaker:CreateTrainingJob</c>.</summary>
    /// <param name="service">The service.</param>
    /// <param name="operation">The operation's name.</param>
    /// <param name="isVersion">Whether one version of an object is meant.</param>
    public static string Of(ServiceModel service, string operation, bool isVersion)
    {
        if (service.SigningName != "s3")
        {
            return $"{Prefix(service)}:{operation}";
        }

        var action = S3.GetValueOrDefault(operation, operation);
        if (!isVersion || !Versioned.Contains(action))
        {
            return $"s3:{action}";
        }

        var at = action.IndexOf("Object", StringComparison.Ordinal) + "Object".Length;
        return $"s3:{action[..at]}Version{action[at..]}";
    }

    private static string Prefix(ServiceModel service) => service.SigningName switch
    {
        "monitoring" => "cloudwatch",
        var name => name,
    };
}
