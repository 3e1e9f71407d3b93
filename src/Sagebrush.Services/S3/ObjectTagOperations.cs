using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Events;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Reads and changes the tags of objects.</summary>
internal sealed class ObjectTagOperations(IObjectStore store, BucketAccess access, ObjectEvents events)
{
    public ValueTask<GetObjectTaggingOutput> GetTaggingAsync(GetObjectTaggingRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var info = Require(request.Bucket, request.Key, request.VersionId, context, request.ExpectedBucketOwner);
        return new(new GetObjectTaggingOutput { TagSet = TagSets.ToList(info.Tags) });
    }

    public async ValueTask<PutObjectTaggingOutput> PutTaggingAsync(PutObjectTaggingRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var tags = TagSets.Check(request.Tagging.TagSet, TagSets.MostOnObjects);
        var info = Require(request.Bucket, request.Key, request.VersionId, context, request.ExpectedBucketOwner);
        await store.SetObjectTagsAsync(info.Bucket, info.Key, VersionIds.Read(request.VersionId), tags, cancellationToken);
        await events.RaiseAsync("ObjectTagging:Put", access.Require(request.Bucket, context, null), info, context, cancellationToken);
        return new();
    }

    public async ValueTask<DeleteObjectTaggingOutput> DeleteTaggingAsync(DeleteObjectTaggingRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var info = Require(request.Bucket, request.Key, request.VersionId, context, request.ExpectedBucketOwner);
        await store.SetObjectTagsAsync(info.Bucket, info.Key, VersionIds.Read(request.VersionId), new Dictionary<string, string>(), cancellationToken);
        await events.RaiseAsync("ObjectTagging:Delete", access.Require(request.Bucket, context, null), info, context, cancellationToken);
        return new();
    }

    private ObjectInfo Require(string bucket, string key, string? versionId, CallContext context, string? expectedOwner)
    {
        var found = access.Require(bucket, context, expectedOwner);
        var info = store.GetObject(bucket, key, VersionIds.Read(versionId));
        VersionIds.Write(context.Http.Response, found, info);
        return info;
    }
}
