using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Settings;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;

namespace Sagebrush.Services.S3;

/// <summary>Reads and writes the access control lists of buckets and objects.</summary>
internal sealed class AccessListOperations(IObjectStore store, BucketSettings settings)
{
    public void Map(ApiMap api)
    {
        api.Serve(S3Api.GetBucketAcl, GetOfBucket);
        api.Serve(S3Api.PutBucketAcl, PutOfBucketAsync);
        api.Serve(S3Api.GetObjectAcl, GetOfObject);
        api.Serve(S3Api.PutObjectAcl, PutOfObjectAsync);
    }

    private ValueTask<GetBucketAclOutput> GetOfBucket(GetBucketAclRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        var kept = bucket.Documents.GetValueOrDefault(BucketSettings.AccessList);
        return new(new GetBucketAclOutput { Owner = BucketAccess.OwnerOf(context), Grants = AccessLists.Grants(bucket, kept) });
    }

    private async ValueTask<EmptyShape> PutOfBucketAsync(PutBucketAclRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        var kept = Choose(
            bucket,
            request.ACL,
            request.AccessControlPolicy,
            AccessLists.Headers(request.GrantFullControl, request.GrantRead, request.GrantReadACP, request.GrantWrite, request.GrantWriteACP));
        await settings.SetTextAsync(bucket, BucketSettings.AccessList, kept, cancellationToken);
        return new();
    }

    private ValueTask<GetObjectAclOutput> GetOfObject(GetObjectAclRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        var info = store.GetObject(request.Bucket, request.Key, VersionIds.Read(request.VersionId));
        VersionIds.Write(context.Http.Response, bucket, info);
        return new(new GetObjectAclOutput { Owner = BucketAccess.OwnerOf(context), Grants = AccessLists.Grants(bucket, info.Attributes.AccessList) });
    }

    private async ValueTask<PutObjectAclOutput> PutOfObjectAsync(PutObjectAclRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        var kept = Choose(
            bucket,
            request.ACL,
            request.AccessControlPolicy,
            AccessLists.Headers(request.GrantFullControl, request.GrantRead, request.GrantReadACP, request.GrantWrite, request.GrantWriteACP));
        await store.SetObjectAttributesAsync(
            request.Bucket, request.Key, VersionIds.Read(request.VersionId), info => info.Attributes with { AccessList = kept }, cancellationToken);
        return new();
    }

    private static string? Choose(
        BucketInfo bucket, string? canned, AccessControlPolicy? written, (string Permission, string? Header)[] headers)
    {
        // A PUT of a list, unlike one of an object, is refused even when it asks for no more than there is.
        return (AccessSettingOperations.HasAccessLists(bucket), written) switch
        {
            (false, _) => throw AccessLists.NotSupported(),
            (_, { }) => AccessLists.Read(bucket, written),
            _ => AccessLists.Read(bucket, canned, headers),
        };
    }
}
