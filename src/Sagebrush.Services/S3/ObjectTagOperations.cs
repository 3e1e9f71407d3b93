using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Events;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;

namespace Sagebrush.Services.S3;

/// <summary>Reads and changes the tags of objects.</summary>
internal sealed class ObjectTagOperations(IObjectStore store, BucketAccess access, ObjectEvents events)
{
    public ValueTask<GetObjectTaggingOutput> GetTaggingAsync(GetObjectTaggingRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var (_, info) = Require(request.Bucket, request.Key, request.VersionId, context, request.ExpectedBucketOwner);
        return new(new GetObjectTaggingOutput { TagSet = TagSets.ToList(info.Tags) });
    }

    public async ValueTask<PutObjectTaggingOutput> PutTaggingAsync(PutObjectTaggingRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var tags = TagSets.Check(request.Tagging.TagSet, TagSets.MostOnObjects);
        await SetAsync("ObjectTagging:Put", request.Bucket, request.Key, request.VersionId, tags, context, request.ExpectedBucketOwner, cancellationToken);
        return new();
    }

    public async ValueTask<DeleteObjectTaggingOutput> DeleteTaggingAsync(DeleteObjectTaggingRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await SetAsync("ObjectTagging:Delete", request.Bucket, request.Key, request.VersionId, [], context, request.ExpectedBucketOwner, cancellationToken);
        return new();
    }

    private async Task SetAsync(
        string name,
        string bucket,
        string key,
        string? versionId,
        Dictionary<string, string> tags,
        CallContext context,
        string? expectedOwner,
        CancellationToken cancellationToken)
    {
        var (found, info) = Require(bucket, key, versionId, context, expectedOwner);
        await store.SetObjectTagsAsync(bucket, key, VersionIds.Read(versionId), tags, events.Announce(name, found, context), cancellationToken);
        events.Raise(name, found, info, context);
    }

    private (BucketInfo Bucket, ObjectInfo Info) Require(string bucket, string key, string? versionId, CallContext context, string? expectedOwner)
    {
        var found = access.Require(bucket, context, expectedOwner);
        var info = store.GetObject(bucket, key, VersionIds.Read(versionId));
        VersionIds.Write(context.Http.Response, found, info);
        return (found, info);
    }
}
