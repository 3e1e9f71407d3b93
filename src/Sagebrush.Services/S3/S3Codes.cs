namespace Sagebrush.Services.S3;

/// <summary>S3's error codes that the API model does not list.</summary>
internal static class S3Codes
{
    public const string AccessControlListNotSupported = "AccessControlListNotSupported";
    public const string BadDigest = "BadDigest";
    public const string EntityTooLarge = "EntityTooLarge";
    public const string InvalidArgument = "InvalidArgument";
    public const string InvalidBucketState = "InvalidBucketState";
    public const string InvalidDigest = "InvalidDigest";
    public const string InvalidLocationConstraint = "InvalidLocationConstraint";
    public const string InvalidPartNumber = "InvalidPartNumber";
    public const string InvalidRange = "InvalidRange";
    public const string InvalidRequest = "InvalidRequest";
    public const string InvalidTag = "InvalidTag";
    public const string MalformedXml = "MalformedXML";
    public const string MetadataTooLarge = "MetadataTooLarge";
    public const string NoSuchBucket = "NoSuchBucket";
    public const string NoSuchKey = "NoSuchKey";
    public const string NoSuchTagSet = "NoSuchTagSet";
    public const string NotImplemented = "NotImplemented";
    public const string NotModified = "NotModified";
    public const string PreconditionFailed = "PreconditionFailed";
    public const string UnresolvableGrantByEmailAddress = "UnresolvableGrantByEmailAddress";
}
