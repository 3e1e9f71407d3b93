using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Browsers;
using Sagebrush.Services.S3.Events;
using Sagebrush.Services.S3.Locks;
using Sagebrush.Services.S3.Settings;
using Sagebrush.Services.Sns;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.S3;

/// <summary>Amazon S3 over the object store.</summary>
internal sealed class S3Capability(
    IObjectStore store, ObjectEvents events, ITopics topics, ICredentialSource credentials, ICallAuthorizer authorizer, TimeProvider clock)
    : ICapability
{
    public void Map(ApiMap api)
    {
        var access = new BucketAccess(store);
        var intake = new ContentIntake(store);
        var settings = new BucketSettings(store, access);
        var accessSettings = new AccessSettingOperations(settings);
        MapBuckets(api, new BucketOperations(store, access));
        MapObjects(api, access, intake);
        accessSettings.Map(api);
        new AccessListOperations(store, settings).Map(api);
        new NotificationOperations(settings, topics, clock).Map(api);
        new LockOperations(store, settings, clock).Map(api);
        MapSettings(api, settings);
        MapUploads(api, new UploadOperations(store, access, events, clock), new UploadPartOperations(store, access, intake));
        api.Service(S3Api.Service).Front = new BrowserFront(
            new CrossOriginGate(store), new FormUpload(store, new FormSignature(credentials), authorizer, events, clock)).HandleAsync;
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
        [S3Api.ListObjectVersions.Name] = "ListVersionsResult",
        [S3Api.GetBucketCors.Name] = "CORSConfiguration",
        [S3Api.GetBucketLifecycleConfiguration.Name] = "LifecycleConfiguration",
        [S3Api.GetBucketLogging.Name] = "BucketLoggingStatus",
        [S3Api.GetBucketAccelerateConfiguration.Name] = "AccelerateConfiguration",
        [S3Api.GetBucketRequestPayment.Name] = "RequestPaymentConfiguration",
        [S3Api.ListBucketAnalyticsConfigurations.Name] = "ListBucketAnalyticsConfigurationResult",
        [S3Api.ListBucketInventoryConfigurations.Name] = "ListInventoryConfigurationsResult",
        [S3Api.ListBucketMetricsConfigurations.Name] = "ListMetricsConfigurationsResult",
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
        api.Serve(S3Api.CreateBucket, buckets.CreateAsync);
        api.Serve(S3Api.DeleteBucket, buckets.DeleteAsync);
        api.Serve(S3Api.HeadBucket, buckets.HeadAsync);
        api.Serve(S3Api.ListBuckets, buckets.ListAsync);
        api.Serve(S3Api.GetBucketVersioning, buckets.GetVersioningAsync);
        api.Serve(S3Api.PutBucketVersioning, buckets.PutVersioningAsync);
        api.Serve(S3Api.GetBucketTagging, buckets.GetTaggingAsync);
        api.Serve(S3Api.PutBucketTagging, buckets.PutTaggingAsync);
        api.Serve(S3Api.DeleteBucketTagging, buckets.DeleteTaggingAsync);
        api.MapRaw(S3Api.Service, S3Api.GetBucketLocation.Name, buckets.GetLocationAsync);
    }

    private void MapObjects(ApiMap api, BucketAccess access, ContentIntake intake)
    {
        api.Serve(S3Api.PutObject, new PutObjectOperation(store, access, intake, events, clock).InvokeAsync);
        api.Serve(S3Api.GetObject, new GetObjectOperation(store, access).InvokeAsync);
        api.Serve(S3Api.HeadObject, new HeadObjectOperation(store, access).InvokeAsync);
        api.Serve(S3Api.CopyObject, new CopyObjectOperation(store, access, events, clock).InvokeAsync);
        api.Serve(S3Api.GetObjectAttributes, new GetObjectAttributesOperation(store, access).InvokeAsync);

        var deletes = new DeleteOperations(store, access, authorizer, events);
        api.Serve(S3Api.DeleteObject, deletes.DeleteOneAsync);
        api.Serve(S3Api.DeleteObjects, deletes.DeleteManyAsync);

        var lists = new ListObjectsOperations(store, access);
        api.Serve(S3Api.ListObjects, lists.ListV1Async);
        api.Serve(S3Api.ListObjectsV2, lists.ListV2Async);
        api.Serve(S3Api.ListObjectVersions, new ListVersionsOperation(store, access).InvokeAsync);

        var tags = new ObjectTagOperations(store, access, events);
        api.Serve(S3Api.GetObjectTagging, tags.GetTaggingAsync);
        api.Serve(S3Api.PutObjectTagging, tags.PutTaggingAsync);
        api.Serve(S3Api.DeleteObjectTagging, tags.DeleteTaggingAsync);
    }

    private static void MapSettings(ApiMap api, BucketSettings settings)
    {
        new CrossOriginOperations(settings).Map(api);
        new FreshBucketOperations(settings).Map(api);
        new LifecycleOperations(settings).Map(api);
        new PolicyOperations(settings).Map(api);
    }

    private static void MapUploads(ApiMap api, UploadOperations uploads, UploadPartOperations parts)
    {
        api.Serve(S3Api.CreateMultipartUpload, uploads.CreateAsync);
        api.Serve(S3Api.CompleteMultipartUpload, uploads.CompleteAsync);
        api.Serve(S3Api.AbortMultipartUpload, uploads.AbortAsync);
        api.Serve(S3Api.ListMultipartUploads, uploads.ListAsync);
        api.Serve(S3Api.ListParts, uploads.ListPartsAsync);
        api.Serve(S3Api.UploadPart, parts.UploadAsync);
        api.Serve(S3Api.UploadPartCopy, parts.CopyAsync);
    }
}
