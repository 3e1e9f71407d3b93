using Sagebrush.Contracts.S3;
using Sagebrush.State.Objects;
using Sagebrush.State.Objects.Encryption;
using Sagebrush.Wire.Dispatch;
using Names = Sagebrush.Contracts.S3.ObjectAttributes;

namespace Sagebrush.Services.S3;

/// <summary>Implements <c>GetObjectAttributes</c>.</summary>
internal sealed class GetObjectAttributesOperation(IObjectStore store, BucketAccess access)
    : IOperation<GetObjectAttributesRequest, GetObjectAttributesOutput>
{
    public ValueTask<GetObjectAttributesOutput> InvokeAsync(GetObjectAttributesRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var key = CustomerKeys.Read(request.SSECustomerAlgorithm, request.SSECustomerKey, request.SSECustomerKeyMD5);
        var info = store.GetObject(request.Bucket, request.Key, VersionIds.Read(request.VersionId));
        CustomerKey.Require(key, info.Attributes.CustomerKey);
        VersionIds.Write(context.Http.Response, bucket, info);
        var wanted = request.ObjectAttributes.ToHashSet(StringComparer.Ordinal);
        return new(new GetObjectAttributesOutput
        {
            LastModified = info.LastModified,
            ETag = wanted.Contains(Names.ETag) ? info.ETag : null,
            StorageClass = wanted.Contains(Names.StorageClass) ? info.StorageClass : null,
            ObjectSize = wanted.Contains(Names.ObjectSize) ? info.Size : null,
            Checksum = wanted.Contains(Names.Checksum) ? ChecksumOf(info) : null,
            ObjectParts = wanted.Contains(Names.ObjectParts) && info.PartCount > 0 ? PartsOf(info, request) : null,
        });
    }

    private static Checksum ChecksumOf(ObjectInfo info)
    {
        var checksum = new ChecksumValues(info.Checksum);
        return new()
        {
            ChecksumType = checksum.Type,
            ChecksumCRC32 = checksum.Crc32,
            ChecksumCRC32C = checksum.Crc32C,
            ChecksumCRC64NVME = checksum.Crc64Nvme,
            ChecksumSHA1 = checksum.Sha1,
            ChecksumSHA256 = checksum.Sha256,
        };
    }

    private GetObjectAttributesParts PartsOf(ObjectInfo info, GetObjectAttributesRequest request)
    {
        var limit = PageSize.Of(request.MaxParts, "max-parts");
        var after = request.PartNumberMarker ?? 0;
        var parts = store.ObjectParts(info).Where(part => part.Number > after).Take(limit + 1).ToList();
        var page = parts.Take(limit).ToList();
        return new()
        {
            TotalPartsCount = info.PartCount,
            PartNumberMarker = after,
            NextPartNumberMarker = page.Count > 0 ? page[^1].Number : after,
            MaxParts = limit,
            IsTruncated = parts.Count > limit,
            Parts = page.ConvertAll(Describe),
        };
    }

    private static ObjectPart Describe(PartInfo part)
    {
        var checksum = new ChecksumValues(part.Checksum);
        return new()
        {
            PartNumber = part.Number,
            Size = part.Size,
            ChecksumCRC32 = checksum.Crc32,
            ChecksumCRC32C = checksum.Crc32C,
            ChecksumCRC64NVME = checksum.Crc64Nvme,
            ChecksumSHA1 = checksum.Sha1,
            ChecksumSHA256 = checksum.Sha256,
        };
    }
}
