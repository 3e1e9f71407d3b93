using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Events;
using Sagebrush.Services.S3.Locks;
using Sagebrush.Services.S3.Settings;
using Sagebrush.State.Objects;
using Sagebrush.State.Objects.Encryption;
using Sagebrush.Wire.Dispatch;
using CompletedPart = Sagebrush.Contracts.S3.CompletedPart;
using StoredAlgorithm = Sagebrush.State.Objects.Checksums.ChecksumAlgorithm;
using StoredType = Sagebrush.State.Objects.Checksums.ChecksumType;

namespace Sagebrush.Services.S3;

/// <summary>Begins, completes, drops and lists multipart uploads.</summary>
internal sealed class UploadOperations(IObjectStore store, BucketAccess access, ObjectEvents events, TimeProvider clock)
{
    private const string Event = "ObjectCreated:CompleteMultipartUpload";

    private const int MostParts = 10_000;

    public async ValueTask<CreateMultipartUploadOutput> CreateAsync(CreateMultipartUploadRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var accessList = AccessLists.Read(
            bucket, request.ACL, AccessLists.Headers(request.GrantFullControl, request.GrantRead, request.GrantReadACP, write: null, request.GrantWriteACP));
        var algorithm = AnnouncedChecksum.ByName(request.ChecksumAlgorithm);
        var type = ChooseType(algorithm, request.ChecksumType);
        var key = CustomerKeys.Read(request.SSECustomerAlgorithm, request.SSECustomerKey, request.SSECustomerKeyMD5);
        var attributes = AccessSettingOperations.WithEncryption(bucket, RequestAttributes.Of(request), key) with { AccessList = accessList, CustomerKey = key?.Check() };
        var target = new ObjectTarget
        {
            Bucket = request.Bucket,
            Key = request.Key,
            Attributes = ObjectLocks.WithLock(
                bucket, attributes, request.ObjectLockMode, request.ObjectLockRetainUntilDate, request.ObjectLockLegalHoldStatus, clock.GetUtcNow()),
            Tags = TagSets.Parse(request.Tagging),
            StorageClass = request.StorageClass ?? StorageClass.Standard,
        };
        var upload = await store.CreateUploadAsync(target, algorithm ?? StoredAlgorithm.Crc64Nvme, type, cancellationToken);
        ResponseHeaders.WriteEncryption(context.Http.Response, target.Attributes);
        CustomerKeys.Write(context.Http.Response, request.SSECustomerKeyMD5);
        return new()
        {
            Bucket = upload.Bucket,
            Key = upload.Key,
            UploadId = upload.UploadId,
            ChecksumAlgorithm = algorithm is { } named ? AnnouncedChecksum.WireName(named) : null,
            ChecksumType = algorithm is null ? null : ChecksumValues.TypeName(type),
        };
    }

    public async ValueTask<CompleteMultipartUploadOutput> CompleteAsync(CompleteMultipartUploadRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        if (request.MultipartUpload?.Parts is not { Count: > 0 and <= MostParts } parts || parts.Any(part => part.PartNumber is null))
        {
            throw new ServiceException(
                S3Codes.MalformedXml, "The XML you provided was not well-formed or did not validate against our published schema");
        }

        var key = CustomerKeys.Read(request.SSECustomerAlgorithm, request.SSECustomerKey, request.SSECustomerKeyMD5);
        var info = await store.CompleteUploadAsync(
            new UploadCompletion
            {
                Bucket = request.Bucket,
                Key = request.Key,
                UploadId = request.UploadId,
                Parts = parts.ConvertAll(part => new State.Objects.CompletedPart(
                    part.PartNumber!.Value, part.ETag is null ? null : Preconditions.Unquote(part.ETag), ChecksumOf(part))),
                Condition = Preconditions.ForWrite(request.IfMatch, request.IfNoneMatch),
                ExpectedChecksum = request.ChecksumCRC32 ?? request.ChecksumCRC32C ?? request.ChecksumCRC64NVME ?? request.ChecksumSHA1 ?? request.ChecksumSHA256,
                ExpectedSize = request.MpuObjectSize,
                Require = upload => RequireKey(key, upload),
                Announce = events.Announce(Event, bucket, context),
            },
            cancellationToken);
        events.Raise(Event, bucket, info, context);
        ResponseHeaders.WriteEncryption(context.Http.Response, info.Attributes);
        CustomerKeys.Write(context.Http.Response, request.SSECustomerKeyMD5);
        var checksum = new ChecksumValues(info.Checksum);
        var http = context.Http.Request;
        return new()
        {
            Location = $"{http.Scheme}://{http.Host}/{bucket.Name}/{Uri.EscapeDataString(request.Key).Replace("%2F", "/", StringComparison.Ordinal)}",
            Bucket = request.Bucket,
            Key = request.Key,
            ETag = ResponseHeaders.Quote(info.ETag),
            VersionId = VersionIds.OfNew(bucket, info),
            ChecksumType = checksum.Type,
            ChecksumCRC32 = checksum.Crc32,
            ChecksumCRC32C = checksum.Crc32C,
            ChecksumCRC64NVME = checksum.Crc64Nvme,
            ChecksumSHA1 = checksum.Sha1,
            ChecksumSHA256 = checksum.Sha256,
        };
    }

    public async ValueTask<AbortMultipartUploadOutput> AbortAsync(AbortMultipartUploadRequest request, CallContext context, CancellationToken cancellationToken)
    {
        access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        await store.AbortUploadAsync(request.Bucket, request.Key, request.UploadId, cancellationToken);
        return new();
    }

    public ValueTask<ListMultipartUploadsOutput> ListAsync(ListMultipartUploadsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var names = new NameEncoding(request.EncodingType);
        var limit = PageSize.Of(request.MaxUploads, "max-uploads");
        var page = store.ListUploads(
            ListObjectsOperations.Query(request.Bucket, request.Prefix, request.Delimiter, request.KeyMarker, limit), request.UploadIdMarker);
        var owner = BucketAccess.OwnerOf(context);
        return new(new ListMultipartUploadsOutput
        {
            Bucket = request.Bucket,
            Prefix = names.Encode(request.Prefix ?? ""),
            Delimiter = names.Encode(request.Delimiter),
            KeyMarker = names.Encode(request.KeyMarker ?? ""),
            UploadIdMarker = request.UploadIdMarker ?? "",
            NextKeyMarker = names.Encode(page.NextKey),
            NextUploadIdMarker = page.NextUploadId,
            MaxUploads = limit,
            EncodingType = request.EncodingType,
            IsTruncated = page.NextKey is not null,
            Uploads = [.. page.Uploads.Select(upload => new MultipartUpload
            {
                UploadId = upload.UploadId,
                Key = names.Encode(upload.Key),
                Initiated = upload.Initiated,
                StorageClass = upload.StorageClass,
                Owner = owner,
                Initiator = new() { ID = owner.ID, DisplayName = owner.DisplayName },
                ChecksumAlgorithm = AnnouncedChecksum.WireName(upload.ChecksumAlgorithm),
                ChecksumType = ChecksumValues.TypeName(upload.ChecksumType),
            })],
            CommonPrefixes = ListObjectsOperations.Prefixes(page.CommonPrefixes, names),
        });
    }

    public ValueTask<ListPartsOutput> ListPartsAsync(ListPartsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var upload = store.GetUpload(request.Bucket, request.Key, request.UploadId);
        var limit = PageSize.Of(request.MaxParts, "max-parts");
        var after = request.PartNumberMarker ?? 0;
        var parts = store.ListParts(upload, after, limit + 1);
        var page = parts.Take(limit).ToList();
        var owner = BucketAccess.OwnerOf(context);
        return new(new ListPartsOutput
        {
            Bucket = request.Bucket,
            Key = request.Key,
            UploadId = request.UploadId,
            PartNumberMarker = after,
            NextPartNumberMarker = page.Count > 0 ? page[^1].Number : after,
            MaxParts = limit,
            IsTruncated = parts.Count > limit,
            StorageClass = upload.StorageClass,
            Owner = owner,
            Initiator = new() { ID = owner.ID, DisplayName = owner.DisplayName },
            ChecksumAlgorithm = AnnouncedChecksum.WireName(upload.ChecksumAlgorithm),
            ChecksumType = ChecksumValues.TypeName(upload.ChecksumType),
            Parts = page.ConvertAll(Describe),
        });
    }

    /// <remarks>S3 needs the key to complete an upload only where the client chose a checksum; older clients do not send it.</remarks>
    private static void RequireKey(CustomerKey? key, UploadInfo upload)
    {
        if (key is not null || upload.ChecksumAlgorithm != StoredAlgorithm.Crc64Nvme)
        {
            CustomerKeys.Require(key, upload);
        }
    }

    private static StoredType ChooseType(StoredAlgorithm? algorithm, string? asked)
    {
        var isCrc = algorithm is null or StoredAlgorithm.Crc32 or StoredAlgorithm.Crc32C or StoredAlgorithm.Crc64Nvme;
        var type = asked switch
        {
            ChecksumType.FullObject => StoredType.FullObject,
            ChecksumType.Composite => StoredType.Composite,
            _ => algorithm is null or StoredAlgorithm.Crc64Nvme ? StoredType.FullObject : StoredType.Composite,
        };
        return (type, isCrc, algorithm) switch
        {
            (StoredType.FullObject, false, _) or (StoredType.Composite, _, null or StoredAlgorithm.Crc64Nvme) => throw new ServiceException(
                S3Codes.InvalidRequest,
                $"The {asked} checksum type cannot be used with the {(algorithm is { } named ? AnnouncedChecksum.WireName(named).ToLowerInvariant() : "crc64nvme")} checksum algorithm."),
            _ => type,
        };
    }

    private static string? ChecksumOf(CompletedPart part) =>
        part.ChecksumCRC32 ?? part.ChecksumCRC32C ?? part.ChecksumCRC64NVME ?? part.ChecksumSHA1 ?? part.ChecksumSHA256;

    private static Part Describe(PartInfo part)
    {
        var checksum = new ChecksumValues(part.Checksum);
        return new()
        {
            PartNumber = part.Number,
            Size = part.Size,
            ETag = ResponseHeaders.Quote(part.ETag),
            LastModified = part.LastModified,
            ChecksumCRC32 = checksum.Crc32,
            ChecksumCRC32C = checksum.Crc32C,
            ChecksumCRC64NVME = checksum.Crc64Nvme,
            ChecksumSHA1 = checksum.Sha1,
            ChecksumSHA256 = checksum.Sha256,
        };
    }
}
