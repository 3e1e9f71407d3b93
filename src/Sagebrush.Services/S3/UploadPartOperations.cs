using System.Globalization;
using Sagebrush.Contracts.S3;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Implements <c>UploadPart</c> and <c>UploadPartCopy</c>.</summary>
internal sealed class UploadPartOperations(IObjectStore store, BucketAccess access, ContentIntake intake)
{
    private const int MostParts = 10_000;

    public async ValueTask<UploadPartOutput> UploadAsync(UploadPartRequest request, CallContext context, CancellationToken cancellationToken)
    {
        access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var key = CustomerKeys.Read(request.SSECustomerAlgorithm, request.SSECustomerKey, request.SSECustomerKeyMD5);
        RequireNumber(request.PartNumber);
        var upload = store.GetUpload(request.Bucket, request.Key, request.UploadId);
        CustomerKeys.Require(key, upload);
        using var content = await intake.ReceiveAsync(request.Body, context.Http.Request, upload.ChecksumAlgorithm, key, cancellationToken);
        var part = await store.PutPartAsync(upload, request.PartNumber, content, cancellationToken);

        // The client is told the checksum it sent, which need not be the one the upload keeps.
        var sent = AnnouncedChecksum.Read(context.Http.Request.Headers)?.Algorithm ?? upload.ChecksumAlgorithm;
        context.Http.Response.Headers[AnnouncedChecksum.HeaderName(sent)] = content.Checksum(sent).Value;
        ResponseHeaders.WriteEncryption(context.Http.Response, upload.Attributes);
        CustomerKeys.Write(context.Http.Response, request.SSECustomerKeyMD5);
        return new() { ETag = ResponseHeaders.Quote(part.ETag) };
    }

    public async ValueTask<UploadPartCopyOutput> CopyAsync(UploadPartCopyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var source = CopySource.Parse(request.CopySource);
        access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var sourceBucket = access.Require(source.Bucket, context, request.ExpectedSourceBucketOwner);
        var key = CustomerKeys.Read(request.SSECustomerAlgorithm, request.SSECustomerKey, request.SSECustomerKeyMD5);
        var sourceKey = CustomerKeys.Read(request.CopySourceSSECustomerAlgorithm, request.CopySourceSSECustomerKey, request.CopySourceSSECustomerKeyMD5);
        RequireNumber(request.PartNumber);
        var upload = store.GetUpload(request.Bucket, request.Key, request.UploadId);
        CustomerKeys.Require(key, upload);

        using var reader = store.Open(source.Bucket, source.Key, source.VersionId, sourceKey);
        new Preconditions
        {
            IfMatch = request.CopySourceIfMatch,
            IfNoneMatch = request.CopySourceIfNoneMatch,
            IfModifiedSince = request.CopySourceIfModifiedSince,
            IfUnmodifiedSince = request.CopySourceIfUnmodifiedSince,
        }.RequireForCopy(reader.Info);
        var slice = ObjectSlice.OfCopyRange(reader.Info, request.CopySourceRange);
        using var content = await store.WriteAsync(
            reader.OpenStream(slice.Offset, slice.Length), new ContentOptions { Checksums = [upload.ChecksumAlgorithm], Key = key }, cancellationToken);
        var part = await store.PutPartAsync(upload, request.PartNumber, content, cancellationToken);

        ResponseHeaders.WriteEncryption(context.Http.Response, upload.Attributes);
        CustomerKeys.Write(context.Http.Response, request.SSECustomerKeyMD5);
        var checksum = new ChecksumValues(part.Checksum);
        return new()
        {
            CopySourceVersionId = VersionIds.Of(sourceBucket, reader.Info),
            CopyPartResult = new()
            {
                ETag = ResponseHeaders.Quote(part.ETag),
                LastModified = part.LastModified,
                ChecksumCRC32 = checksum.Crc32,
                ChecksumCRC32C = checksum.Crc32C,
                ChecksumCRC64NVME = checksum.Crc64Nvme,
                ChecksumSHA1 = checksum.Sha1,
                ChecksumSHA256 = checksum.Sha256,
            },
        };
    }

    private static void RequireNumber(int number)
    {
        if (number is < 1 or > MostParts)
        {
            throw new ServiceException(
                S3Codes.InvalidArgument,
                $"Part number must be an integer between 1 and {MostParts}, inclusive",
                400,
                new Dictionary<string, string> { ["ArgumentName"] = "partNumber", ["ArgumentValue"] = number.ToString(CultureInfo.InvariantCulture) });
        }
    }
}
