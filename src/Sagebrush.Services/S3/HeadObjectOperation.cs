using Sagebrush.Contracts.S3;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Implements <c>HeadObject</c>.</summary>
internal sealed class HeadObjectOperation(IObjectStore store, BucketAccess access) : IOperation<HeadObjectRequest, HeadObjectOutput>
{
    public ValueTask<HeadObjectOutput> InvokeAsync(HeadObjectRequest request, CallContext context, CancellationToken cancellationToken)
    {
        access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        RequestAttributes.RefuseCustomerKeys(request.SSECustomerAlgorithm);
        VersionIds.Require(request.VersionId);
        var info = store.FindObject(request.Bucket, request.Key) ?? throw S3Errors.NoSuchKey("The specified key does not exist.");
        new Preconditions
        {
            IfMatch = request.IfMatch,
            IfNoneMatch = request.IfNoneMatch,
            IfModifiedSince = request.IfModifiedSince,
            IfUnmodifiedSince = request.IfUnmodifiedSince,
        }.RequireForRead(info);
        var slice = ObjectSlice.Choose(info, request.Range, request.PartNumber, () => store.ObjectParts(info));
        ResponseHeaders.Write(context.Http.Response, info, slice, HeaderOverrides.Of(request), request.ChecksumMode == ChecksumMode.Enabled);
        return new(new HeadObjectOutput());
    }
}
