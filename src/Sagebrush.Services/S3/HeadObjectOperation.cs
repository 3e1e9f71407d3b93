using Sagebrush.Contracts.S3;
using Sagebrush.State.Objects;
using Sagebrush.State.Objects.Encryption;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Implements <c>HeadObject</c>.</summary>
internal sealed class HeadObjectOperation(IObjectStore store, BucketAccess access) : IOperation<HeadObjectRequest, HeadObjectOutput>
{
    public ValueTask<HeadObjectOutput> InvokeAsync(HeadObjectRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        CustomerKeys.RefuseOtherEncryption(context.Http.Request);
        var key = CustomerKeys.Read(request.SSECustomerAlgorithm, request.SSECustomerKey, request.SSECustomerKeyMD5);
        var info = store.GetObject(request.Bucket, request.Key, VersionIds.Read(request.VersionId));
        CustomerKey.Require(key, info.Attributes.CustomerKey);
        new Preconditions
        {
            IfMatch = request.IfMatch,
            IfNoneMatch = request.IfNoneMatch,
            IfModifiedSince = request.IfModifiedSince,
            IfUnmodifiedSince = request.IfUnmodifiedSince,
        }.RequireForRead(info);
        var slice = ObjectSlice.Choose(info, request.Range, request.PartNumber, () => store.ObjectParts(info));
        VersionIds.Write(context.Http.Response, bucket, info);
        CustomerKeys.Write(context.Http.Response, request.SSECustomerKeyMD5);
        ResponseHeaders.Write(context.Http.Response, info, slice, HeaderOverrides.Of(request), request.ChecksumMode == ChecksumMode.Enabled);
        return new(new HeadObjectOutput());
    }
}
