using Sagebrush.Contracts.S3;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Implements <c>GetObject</c>.</summary>
internal sealed class GetObjectOperation(IObjectStore store, BucketAccess access) : IOperation<GetObjectRequest, GetObjectOutput>
{
    public ValueTask<GetObjectOutput> InvokeAsync(GetObjectRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        CustomerKeys.RefuseOtherEncryption(context.Http.Request);
        var key = CustomerKeys.Read(request.SSECustomerAlgorithm, request.SSECustomerKey, request.SSECustomerKeyMD5);
        var reader = store.Open(request.Bucket, request.Key, VersionIds.Read(request.VersionId), key);
        try
        {
            new Preconditions
            {
                IfMatch = request.IfMatch,
                IfNoneMatch = request.IfNoneMatch,
                IfModifiedSince = request.IfModifiedSince,
                IfUnmodifiedSince = request.IfUnmodifiedSince,
            }.RequireForRead(reader.Info);
            var slice = ObjectSlice.Choose(reader.Info, request.Range, request.PartNumber, () => reader.Parts);
            VersionIds.Write(context.Http.Response, bucket, reader.Info);
            CustomerKeys.Write(context.Http.Response, request.SSECustomerKeyMD5);
            ResponseHeaders.Write(context.Http.Response, reader.Info, slice, HeaderOverrides.Of(request), request.ChecksumMode == ChecksumMode.Enabled);
            return new(new GetObjectOutput { Body = new ObjectBody(reader, slice) });
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }
}
