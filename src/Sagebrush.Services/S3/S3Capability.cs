using Sagebrush.Contracts.S3;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.S3;

/// <summary>Amazon S3 over the object store.</summary>
internal sealed class S3Capability(IObjectStore store) : ICapability
{
    public void Map(ApiMap api)
    {
        var access = new BucketAccess(store);
        var intake = new ContentIntake(store);
        MapBuckets(api, new BucketOperations(store, access));
        MapObjects(api, access, intake);
        MapUploads(api, new UploadOperations(store, access), new UploadPartOperations(store, access, intake));
        foreach (var (operation, root) in XmlRoots)
        {
            api.Service(S3Api.Service).XmlRoots[operation] = root;
        }
    }

    /// <summary>The root elements of S3's answers, which are not the names of the output shapes.</summary>
    private static readonly Dictionary<string, string> XmlRoots = new(StringComparer.Ordinal)
    {
        [S3Api.ListBuckets.Name] = "ListAllMyBucketsResult",
        [S3Api.ListObjects.Name] = "ListBucketResult",
        [S3Api.ListObjectsV2.Name] = "ListBucketResult",
        [S3Api.DeleteObjects.Name] = "DeleteResult",
        [S3Api.CreateMultipartUpload.Name] = "InitiateMultipartUploadResult",
        [S3Api.CompleteMultipartUpload.Name] = "CompleteMultipartUploadResult",
        [S3Api.ListParts.Name] = "ListPartsResult",
        [S3Api.ListMultipartUploads.Name] = "ListMultipartUploadsResult",
        [S3Api.GetBucketVersioning.Name] = "VersioningConfiguration",
        [S3Api.GetBucketAcl.Name] = "AccessControlPolicy",
        [S3Api.GetObjectAcl.Name] = "AccessControlPolicy",
        [S3Api.GetBucketTagging.Name] = "Tagging",
        [S3Api.GetObjectTagging.Name] = "Tagging",
        [S3Api.GetObjectAttributes.Name] = "GetObjectAttributesResponse",
    };

    private static void MapBuckets(ApiMap api, BucketOperations buckets)
    {
        Serve(api, S3Api.CreateBucket, buckets.CreateAsync);
        Serve(api, S3Api.DeleteBucket, buckets.DeleteAsync);
        Serve(api, S3Api.HeadBucket, buckets.HeadAsync);
        Serve(api, S3Api.ListBuckets, buckets.ListAsync);
        Serve(api, S3Api.GetBucketVersioning, buckets.GetVersioningAsync);
        Serve(api, S3Api.GetBucketAcl, buckets.GetAclAsync);
        Serve(api, S3Api.GetBucketTagging, buckets.GetTaggingAsync);
        Serve(api, S3Api.PutBucketTagging, buckets.PutTaggingAsync);
        Serve(api, S3Api.DeleteBucketTagging, buckets.DeleteTaggingAsync);
        api.MapRaw(S3Api.Service, S3Api.GetBucketLocation.Name, buckets.GetLocationAsync);
    }

    private void MapObjects(ApiMap api, BucketAccess access, ContentIntake intake)
    {
        Serve(api, S3Api.PutObject, new PutObjectOperation(store, access, intake).InvokeAsync);
        Serve(api, S3Api.GetObject, new GetObjectOperation(store, access).InvokeAsync);
        Serve(api, S3Api.HeadObject, new HeadObjectOperation(store, access).InvokeAsync);
        Serve(api, S3Api.CopyObject, new CopyObjectOperation(store, access).InvokeAsync);
        Serve(api, S3Api.GetObjectAttributes, new GetObjectAttributesOperation(store, access).InvokeAsync);

        var deletes = new DeleteOperations(store, access);
        Serve(api, S3Api.DeleteObject, deletes.DeleteOneAsync);
        Serve(api, S3Api.DeleteObjects, deletes.DeleteManyAsync);

        var lists = new ListObjectsOperations(store, access);
        Serve(api, S3Api.ListObjects, lists.ListV1Async);
        Serve(api, S3Api.ListObjectsV2, lists.ListV2Async);

        var properties = new ObjectPropertyOperations(store, access);
        Serve(api, S3Api.GetObjectAcl, properties.GetAclAsync);
        Serve(api, S3Api.GetObjectTagging, properties.GetTaggingAsync);
        Serve(api, S3Api.PutObjectTagging, properties.PutTaggingAsync);
        Serve(api, S3Api.DeleteObjectTagging, properties.DeleteTaggingAsync);
    }

    private static void MapUploads(ApiMap api, UploadOperations uploads, UploadPartOperations parts)
    {
        Serve(api, S3Api.CreateMultipartUpload, uploads.CreateAsync);
        Serve(api, S3Api.CompleteMultipartUpload, uploads.CompleteAsync);
        Serve(api, S3Api.AbortMultipartUpload, uploads.AbortAsync);
        Serve(api, S3Api.ListMultipartUploads, uploads.ListAsync);
        Serve(api, S3Api.ListParts, uploads.ListPartsAsync);
        Serve(api, S3Api.UploadPart, parts.UploadAsync);
        Serve(api, S3Api.UploadPartCopy, parts.CopyAsync);
    }

    private static void Serve<TRequest, TResponse>(
        ApiMap api, Operation<TRequest, TResponse> operation, Func<TRequest, CallContext, CancellationToken, ValueTask<TResponse>> handle)
        where TRequest : class, IShape, new()
        where TResponse : class, IShape, new() =>
        api.Map(operation, async (request, context, cancellationToken) =>
        {
            try
            {
                return await handle(request, context, cancellationToken);
            }
            catch (ObjectStoreException refusal)
            {
                throw StoreRefusals.Translate(refusal, context);
            }
        });
}
