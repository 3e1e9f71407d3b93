namespace Sagebrush.State.Objects;

/// <summary>Why the object store refused something: the names are S3's own error codes.</summary>
public enum ObjectStoreError
{
    /// <summary>The version is locked against deletion.</summary>
    AccessDenied,

    /// <summary>The content's checksum or length is not the one announced.</summary>
    BadDigest,

    /// <summary>Another account has a bucket of that name.</summary>
    BucketAlreadyExists,

    /// <summary>The account already has this bucket.</summary>
    BucketAlreadyOwnedByYou,

    /// <summary>Only empty buckets can be deleted.</summary>
    BucketNotEmpty,

    /// <summary>The content is larger than allowed.</summary>
    EntityTooLarge,

    /// <summary>A part that is not the last one has less than 5 MiB.</summary>
    EntityTooSmall,

    /// <summary>The bucket name breaks S3's naming rules.</summary>
    InvalidBucketName,

    /// <summary>A part named in the completion was never uploaded or has another ETag or checksum.</summary>
    InvalidPart,

    /// <summary>The parts of the completion are not in ascending order.</summary>
    InvalidPartOrder,

    /// <summary>The request cannot be met as it stands.</summary>
    InvalidRequest,

    /// <summary>The key has more than 1,024 bytes of UTF-8.</summary>
    KeyTooLongError,

    /// <summary>The version named is a delete marker, which has no bytes and no properties.</summary>
    MethodNotAllowed,

    /// <summary>There is no such bucket.</summary>
    NoSuchBucket,

    /// <summary>There is no such object.</summary>
    NoSuchKey,

    /// <summary>There is no such multipart upload: it never was, was aborted or was completed.</summary>
    NoSuchUpload,

    /// <summary>The object has no such version.</summary>
    NoSuchVersion,

    /// <summary>A condition of the request does not hold.</summary>
    PreconditionFailed,
}
