using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Events;
using Sagebrush.Services.S3.Locks;
using Sagebrush.Services.S3.Settings;
using Sagebrush.State.Objects;
using Sagebrush.State.Objects.Encryption;
using Sagebrush.Wire.Dispatch;
using ChecksumAlgorithm = Sagebrush.State.Objects.Checksums.ChecksumAlgorithm;

namespace Sagebrush.Services.S3;

/// <summary>Implements <c>CopyObject</c>.</summary>
internal sealed class CopyObjectOperation(IObjectStore store, BucketAccess access, ObjectEvents events, TimeProvider clock)
    : IOperation<CopyObjectRequest, CopyObjectOutput>
{
    private const string Event = "ObjectCreated:Copy";

    public async ValueTask<CopyObjectOutput> InvokeAsync(CopyObjectRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var source = CopySource.Parse(request.CopySource);
        var bucket = access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var sourceBucket = access.Require(source.Bucket, context, request.ExpectedSourceBucketOwner);
        var accessList = AccessLists.Read(
            bucket, request.ACL, AccessLists.Headers(request.GrantFullControl, request.GrantRead, request.GrantReadACP, write: null, request.GrantWriteACP));
        var key = CustomerKeys.Read(request.SSECustomerAlgorithm, request.SSECustomerKey, request.SSECustomerKeyMD5);
        var sourceKey = CustomerKeys.Read(request.CopySourceSSECustomerAlgorithm, request.CopySourceSSECustomerKey, request.CopySourceSSECustomerKeyMD5);
        var algorithm = AnnouncedChecksum.ByName(request.ChecksumAlgorithm);

        var sourceVersion = default(string);
        ObjectTarget Target(ObjectInfo original)
        {
            sourceVersion = VersionIds.Of(sourceBucket, original);
            var target = Choose(request, source, original);
            var attributes = AccessSettingOperations.WithEncryption(bucket, target.Attributes, key) with { AccessList = accessList, Retention = null, LegalHold = null };
            return target with
            {
                Attributes = ObjectLocks.WithLock(
                    bucket, attributes, request.ObjectLockMode, request.ObjectLockRetainUntilDate, request.ObjectLockLegalHoldStatus, clock.GetUtcNow()),
                Announce = events.Announce(Event, bucket, context),
            };
        }

        // Bytes can be shared by both objects unless one of them is encrypted, or needs a checksum that the original does not have.
        var kept = store.GetObject(source.Bucket, source.Key, source.VersionId).Checksum?.Algorithm;
        var copy = key is not null || sourceKey is not null || (algorithm is { } wanted && kept != wanted)
            ? await RewriteAsync(source, sourceKey, new ContentOptions { Checksums = [algorithm ?? kept ?? ChecksumAlgorithm.Crc64Nvme], Key = key }, Target, cancellationToken)
            : await store.CopyAsync(source.Bucket, source.Key, source.VersionId, Target, cancellationToken);

        events.Raise(Event, bucket, copy, context);
        ResponseHeaders.WriteEncryption(context.Http.Response, copy.Attributes);
        CustomerKeys.Write(context.Http.Response, request.SSECustomerKeyMD5);
        var checksum = new ChecksumValues(copy.Checksum);
        return new()
        {
            VersionId = VersionIds.OfNew(bucket, copy),
            CopySourceVersionId = sourceVersion,
            CopyObjectResult = new()
            {
                ETag = ResponseHeaders.Quote(copy.ETag),
                LastModified = copy.LastModified,
                ChecksumType = checksum.Type,
                ChecksumCRC32 = checksum.Crc32,
                ChecksumCRC32C = checksum.Crc32C,
                ChecksumCRC64NVME = checksum.Crc64Nvme,
                ChecksumSHA1 = checksum.Sha1,
                ChecksumSHA256 = checksum.Sha256,
            },
        };
    }

    private static ObjectTarget Choose(CopyObjectRequest request, CopySource source, ObjectInfo original)
    {
        new Preconditions
        {
            IfMatch = request.CopySourceIfMatch,
            IfNoneMatch = request.CopySourceIfNoneMatch,
            IfModifiedSince = request.CopySourceIfModifiedSince,
            IfUnmodifiedSince = request.CopySourceIfUnmodifiedSince,
        }.RequireForCopy(original);
        if (original.Size > ContentOptions.SinglePutLimit)
        {
            throw new ServiceException(
                S3Codes.InvalidRequest,
                $"The specified copy source is larger than the maximum allowable size for a copy source: {ContentOptions.SinglePutLimit}");
        }

        var replaces = request.MetadataDirective == MetadataDirective.Replace;
        var replacesTags = request.TaggingDirective == TaggingDirective.Replace;
        var changes = replaces
            || replacesTags
            || request.StorageClass is not null
            || request.WebsiteRedirectLocation is not null
            || request.ServerSideEncryption is not null
            || request.SSECustomerAlgorithm is not null
            || request.CopySourceSSECustomerAlgorithm is not null;
        if (!changes && source.Bucket == request.Bucket && source.Key == request.Key && source.VersionId is null)
        {
            throw new ServiceException(
                S3Codes.InvalidRequest,
                "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.");
        }

        // The encryption asked for takes the place of the original's.
        var asksForEncryption = (request.SSECustomerAlgorithm ?? request.ServerSideEncryption) is not null;
        var kept = asksForEncryption ? original.Attributes with { ServerSideEncryption = null, EncryptionKeyId = null } : original.Attributes;
        return new ObjectTarget
        {
            Bucket = request.Bucket,
            Key = request.Key,
            Attributes = replaces ? RequestAttributes.Of(request) : kept with
            {
                WebsiteRedirectLocation = request.WebsiteRedirectLocation,
                ServerSideEncryption = request.ServerSideEncryption ?? kept.ServerSideEncryption,
                EncryptionKeyId = request.SSEKMSKeyId ?? kept.EncryptionKeyId,
                CustomerKey = null,
            },
            Tags = replacesTags ? TagSets.Parse(request.Tagging) : original.Tags,
            StorageClass = request.StorageClass ?? StorageClass.Standard,
            Condition = Preconditions.ForWrite(request.IfMatch, request.IfNoneMatch),
        };
    }

    /// <summary>Copies by reading: another checksum or encryption cannot be had otherwise.</summary>
    private async Task<ObjectInfo> RewriteAsync(
        CopySource source, CustomerKey? sourceKey, ContentOptions options, Func<ObjectInfo, ObjectTarget> target, CancellationToken cancellationToken)
    {
        using var reader = store.Open(source.Bucket, source.Key, source.VersionId, sourceKey);
        var place = target(reader.Info);
        using var content = await store.WriteAsync(reader.OpenStream(0, reader.Info.Size), options, cancellationToken);
        return await store.PutAsync(place, content, cancellationToken);
    }
}
