using Sagebrush.State.Objects.Checksums;
using Sagebrush.State.Objects.Encryption;

namespace Sagebrush.State.Objects;

/// <summary>Buckets of objects with S3's semantics: what is acknowledged is durable, and what is read is whole.</summary>
/// <remarks>
/// Thread-safe. Refusals are <see cref="ObjectStoreException"/>: every operation on a bucket throws
/// <see cref="ObjectStoreError.NoSuchBucket"/> when there is none, every one on an upload <see cref="ObjectStoreError.NoSuchUpload"/>.
/// Keys are any UTF-8 of 1 to 1,024 bytes and mean nothing to the file system.
/// </remarks>
public interface IObjectStore
{
    /// <summary>Makes a bucket.</summary>
    /// <exception cref="ObjectStoreException">The name is invalid or taken.</exception>
    Task<BucketInfo> CreateBucketAsync(string name, string account, string region, CancellationToken cancellationToken = default);

    /// <summary>Makes a bucket that has settings from the beginning.</summary>
    /// <exception cref="ObjectStoreException">The name is invalid or taken.</exception>
    Task<BucketInfo> CreateBucketAsync(string name, string account, string region, BucketSetup setup, CancellationToken cancellationToken = default);

    /// <summary>Deletes an empty bucket; uploads in progress are dropped with it.</summary>
    /// <exception cref="ObjectStoreException">There are objects in it.</exception>
    Task DeleteBucketAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Looks a bucket up.</summary>
    /// <returns>Null when there is none.</returns>
    BucketInfo? FindBucket(string name);

    /// <summary>An account's buckets in the order of their names.</summary>
    /// <param name="account">The account; null for all.</param>
    /// <param name="prefix">Only names that begin so.</param>
    /// <param name="after">Only names after this one.</param>
    /// <param name="limit">Most buckets.</param>
    /// <param name="region">Only buckets of this region; null for all.</param>
    IReadOnlyList<BucketInfo> ListBuckets(string? account, string prefix = "", string after = "", int limit = int.MaxValue, string? region = null);

    /// <summary>A bucket's tags.</summary>
    IReadOnlyDictionary<string, string> GetBucketTags(string name);

    /// <summary>Replaces a bucket's tags.</summary>
    Task SetBucketTagsAsync(string name, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken = default);

    /// <summary>Turns versioning on, or suspends it.</summary>
    Task SetBucketVersioningAsync(string name, BucketVersioning versioning, CancellationToken cancellationToken = default);

    /// <summary>Keeps a setting of a bucket, which <see cref="BucketInfo.Documents"/> gives back.</summary>
    /// <param name="name">The bucket.</param>
    /// <param name="document">The setting's name.</param>
    /// <param name="text">The setting; null forgets it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task SetBucketDocumentAsync(string name, string document, string? text, CancellationToken cancellationToken = default);

    /// <summary>Takes bytes in, hashing them on the way, to be put under a key afterwards.</summary>
    /// <exception cref="ObjectStoreException">There are more bytes than allowed.</exception>
    Task<PendingContent> WriteAsync(Stream content, ContentOptions options, CancellationToken cancellationToken = default);

    /// <summary>Puts content under a key, replacing what was there or, with versioning, on top of it.</summary>
    /// <exception cref="ObjectStoreException">The condition does not hold, or the key is too long.</exception>
    Task<ObjectInfo> PutAsync(ObjectTarget target, PendingContent content, CancellationToken cancellationToken = default);

    /// <summary>Looks the present version of an object up.</summary>
    /// <returns>Null when there is none or it is deleted.</returns>
    ObjectInfo? FindObject(string bucket, string key);

    /// <summary>Looks a version of an object up; null means the present one.</summary>
    /// <exception cref="ObjectStoreException">There is none, or it is a delete marker.</exception>
    ObjectInfo GetObject(string bucket, string key, string? version = null);

    /// <summary>Opens an object, or a version of it, for reading.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The key.</param>
    /// <param name="version">The version; null for the present one.</param>
    /// <param name="customerKey">The client's key that the object is encrypted with, if it is.</param>
    /// <exception cref="ObjectStoreException">There is no such object or version, or it needs another key.</exception>
    ObjectReader Open(string bucket, string key, string? version = null, CustomerKey? customerKey = null);

    /// <summary>Gives the bytes of an object to another key, without reading them: not those encrypted with a client's key.</summary>
    /// <param name="bucket">The bucket of the original.</param>
    /// <param name="key">The key of the original.</param>
    /// <param name="version">The version of the original; null for the present one.</param>
    /// <param name="target">Chooses the copy's place and attributes from the original; may throw to refuse. May run more than once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The copy; ETag, checksum and parts are those of the original.</returns>
    Task<ObjectInfo> CopyAsync(
        string bucket, string key, string? version, Func<ObjectInfo, ObjectTarget> target, CancellationToken cancellationToken = default);

    /// <summary>Deletes objects or versions, all in one transaction; one that is refused leaves the others alone.</summary>
    /// <returns>For each target what was done.</returns>
    Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(string bucket, IReadOnlyList<DeleteTarget> targets, CancellationToken cancellationToken = default);

    /// <summary>Replaces the tags of an object or a version of it.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The key.</param>
    /// <param name="version">The version; null for the present one.</param>
    /// <param name="tags">The tags.</param>
    /// <param name="announce">What is to be told of it, for <see cref="ReadOutbox"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ObjectStoreException">There is no such object.</exception>
    Task SetObjectTagsAsync(
        string bucket,
        string key,
        string? version,
        IReadOnlyDictionary<string, string> tags,
        Func<ObjectInfo, IReadOnlyList<string>>? announce = null,
        CancellationToken cancellationToken = default);

    /// <summary>Changes the attributes of an object or a version of it in place.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The key.</param>
    /// <param name="version">The version; null for the present one.</param>
    /// <param name="change">Makes the new attributes of what is there; runs in the transaction and may throw to refuse.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ObjectStoreException">There is no such object.</exception>
    Task SetObjectAttributesAsync(
        string bucket, string key, string? version, Func<ObjectInfo, ObjectAttributes> change, CancellationToken cancellationToken = default);

    /// <summary>Lists versions and delete markers by key, the newest of each key first.</summary>
    /// <param name="query">Bucket, prefix, delimiter, limit, and the key to begin after.</param>
    /// <param name="afterVersion">With a key to begin after: only this version's predecessors under that key, and later keys.</param>
    VersionPage ListVersions(ListObjectsQuery query, string? afterVersion = null);

    /// <summary>Lists keys by ranges of the index: common prefixes are jumped over, not read through.</summary>
    ObjectPage List(ListObjectsQuery query);

    /// <summary>The parts of an object made by a multipart upload.</summary>
    IReadOnlyList<PartInfo> ObjectParts(ObjectInfo info);

    /// <summary>Begins a multipart upload.</summary>
    Task<UploadInfo> CreateUploadAsync(ObjectTarget target, ChecksumAlgorithm algorithm, ChecksumType type, CancellationToken cancellationToken = default);

    /// <summary>Looks an upload up.</summary>
    UploadInfo GetUpload(string bucket, string key, string uploadId);

    /// <summary>Adds a part, or replaces the one of that number.</summary>
    /// <param name="upload">The upload.</param>
    /// <param name="number">The part number, 1 to 10,000.</param>
    /// <param name="content">
    /// The bytes, taken in with the upload's checksum algorithm among those asked for, and encrypted if the upload's attributes have a key.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<PartInfo> PutPartAsync(UploadInfo upload, int number, PendingContent content, CancellationToken cancellationToken = default);

    /// <summary>An upload's parts by number.</summary>
    IReadOnlyList<PartInfo> ListParts(UploadInfo upload, int after = 0, int limit = int.MaxValue);

    /// <summary>A bucket's uploads in progress.</summary>
    /// <param name="query">Bucket, prefix, delimiter, limit, and the key to begin after.</param>
    /// <param name="afterUploadId">With a key to begin after: only this upload's successors under that key, and later keys.</param>
    UploadPage ListUploads(ListObjectsQuery query, string? afterUploadId = null);

    /// <summary>Makes an object of an upload's parts, without copying them. Completing again what was completed answers the same.</summary>
    /// <exception cref="ObjectStoreException">A part is missing, too small, out of order or not as described.</exception>
    Task<ObjectInfo> CompleteUploadAsync(UploadCompletion completion, CancellationToken cancellationToken = default);

    /// <summary>Drops an upload and its parts.</summary>
    Task AbortUploadAsync(string bucket, string key, string uploadId, CancellationToken cancellationToken = default);

    /// <summary>What changes have left to be told, the oldest first: it became durable with the changes themselves.</summary>
    /// <param name="limit">Most entries.</param>
    IReadOnlyList<OutboxEntry> ReadOutbox(int limit);

    /// <summary>Forgets what was told.</summary>
    /// <param name="last">The last of the entries that were read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task ClearOutboxAsync(OutboxEntry last, CancellationToken cancellationToken = default);

    /// <summary>Brings objects into a folder as read-only files: linked where the file system can, else copied.</summary>
    /// <exception cref="StagingException">A key cannot be a file in that folder.</exception>
    Task<StagedObjects> StageAsync(StageRequest request, IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default);
}
