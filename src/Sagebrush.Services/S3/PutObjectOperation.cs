using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Events;
using Sagebrush.Services.S3.Locks;
using Sagebrush.Services.S3.Settings;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Implements <c>PutObject</c>.</summary>
internal sealed class PutObjectOperation(IObjectStore store, BucketAccess access, ContentIntake intake, ObjectEvents events, TimeProvider clock)
    : IOperation<PutObjectRequest, PutObjectOutput>
{
    private const string Event = "ObjectCreated:Put";

    public async ValueTask<PutObjectOutput> InvokeAsync(PutObjectRequest request, CallContext context, CancellationToken cancellationToken)
    {
        // Everything that can be refused is refused before the body is asked for.
        var bucket = access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var accessList = AccessLists.Read(
            bucket, request.ACL, AccessLists.Headers(request.GrantFullControl, request.GrantRead, request.GrantReadACP, write: null, request.GrantWriteACP));
        var key = CustomerKeys.Read(request.SSECustomerAlgorithm, request.SSECustomerKey, request.SSECustomerKeyMD5);
        var attributes = AccessSettingOperations.WithEncryption(bucket, RequestAttributes.Of(request), key) with { AccessList = accessList };
        var target = new ObjectTarget
        {
            Bucket = request.Bucket,
            Key = request.Key,
            Attributes = ObjectLocks.WithLock(
                bucket, attributes, request.ObjectLockMode, request.ObjectLockRetainUntilDate, request.ObjectLockLegalHoldStatus, clock.GetUtcNow()),
            Tags = TagSets.Parse(request.Tagging),
            StorageClass = request.StorageClass ?? StorageClass.Standard,
            Condition = Preconditions.ForWrite(request.IfMatch, request.IfNoneMatch),
            Announce = events.Announce(Event, bucket, context),
        };
        using var content = await intake.ReceiveAsync(request.Body, context.Http.Request, kept: null, key, cancellationToken);
        var info = await store.PutAsync(target, content, cancellationToken);

        VersionIds.WriteNew(context.Http.Response, bucket, info);
        events.Raise(Event, bucket, info, context);
        ResponseHeaders.WriteChecksum(context.Http.Response, info.Checksum);
        ResponseHeaders.WriteEncryption(context.Http.Response, info.Attributes);
        CustomerKeys.Write(context.Http.Response, request.SSECustomerKeyMD5);
        return new() { ETag = ResponseHeaders.Quote(info.ETag) };
    }
}
