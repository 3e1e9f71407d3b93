using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Events;
using Sagebrush.Services.S3.Settings;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Implements <c>PutObject</c>.</summary>
internal sealed class PutObjectOperation(IObjectStore store, BucketAccess access, ContentIntake intake, ObjectEvents events) : IOperation<PutObjectRequest, PutObjectOutput>
{
    public async ValueTask<PutObjectOutput> InvokeAsync(PutObjectRequest request, CallContext context, CancellationToken cancellationToken)
    {
        // Everything that can be refused is refused before the body is asked for.
        var bucket = access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var accessList = AccessLists.Read(
            bucket, request.ACL, AccessLists.Headers(request.GrantFullControl, request.GrantRead, request.GrantReadACP, write: null, request.GrantWriteACP));
        var target = new ObjectTarget
        {
            Bucket = request.Bucket,
            Key = request.Key,
            Attributes = AccessSettingOperations.WithEncryption(bucket, RequestAttributes.Of(request)) with { AccessList = accessList },
            Tags = TagSets.Parse(request.Tagging),
            StorageClass = request.StorageClass ?? StorageClass.Standard,
            Condition = Preconditions.ForWrite(request.IfMatch, request.IfNoneMatch),
        };
        using var content = await intake.ReceiveAsync(request.Body, context.Http.Request, kept: null, cancellationToken);
        var info = await store.PutAsync(target, content, cancellationToken);

        VersionIds.WriteNew(context.Http.Response, bucket, info);
        await events.RaiseAsync("ObjectCreated:Put", bucket, info, context, cancellationToken);
        ResponseHeaders.WriteChecksum(context.Http.Response, info.Checksum);
        ResponseHeaders.WriteEncryption(context.Http.Response, info.Attributes);
        return new() { ETag = ResponseHeaders.Quote(info.ETag) };
    }
}
