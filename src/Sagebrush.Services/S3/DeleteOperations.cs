using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Events;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;

namespace Sagebrush.Services.S3;

/// <summary>Implements <c>DeleteObject</c> and <c>DeleteObjects</c>.</summary>
internal sealed class DeleteOperations(IObjectStore store, BucketAccess access, ObjectEvents events)
{
    private const int MostKeys = 1000;

    public async ValueTask<DeleteObjectOutput> DeleteOneAsync(DeleteObjectRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var target = new DeleteTarget(request.Key, VersionIds.Read(request.VersionId))
        {
            Condition = Condition(request.IfMatch, request.IfMatchLastModifiedTime, request.IfMatchSize),
        };
        var outcomes = await store.DeleteAsync(request.Bucket, [target], cancellationToken);
        if (outcomes[0].Refusal is { } refusal)
        {
            throw refusal;
        }

        await TellAsync(bucket, outcomes[0], context, cancellationToken);
        var deleted = Describe(bucket, target, outcomes[0]);
        return new() { VersionId = deleted.DeleteMarkerVersionId ?? target.VersionId, DeleteMarker = deleted.DeleteMarker };
    }

    public async ValueTask<DeleteObjectsOutput> DeleteManyAsync(DeleteObjectsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var named = request.Delete.Objects;
        if (named.Count is 0 or > MostKeys)
        {
            throw new ServiceException(
                S3Codes.MalformedXml, "The XML you provided was not well-formed or did not validate against our published schema");
        }

        var targets = named.ConvertAll(entry => new DeleteTarget(entry.Key, string.IsNullOrEmpty(entry.VersionId) ? null : entry.VersionId)
        {
            Condition = Condition(entry.ETag, entry.LastModifiedTime, entry.Size),
        });
        var outcomes = await store.DeleteAsync(request.Bucket, targets, cancellationToken);
        var answer = new DeleteObjectsOutput();
        foreach (var (target, outcome) in targets.Zip(outcomes))
        {
            if (outcome.Refusal is { } refusal)
            {
                (answer.Errors ??= []).Add(new() { Key = target.Key, VersionId = target.VersionId, Code = refusal.Error.ToString(), Message = refusal.Message });
            }
            else
            {
                await TellAsync(bucket, outcome, context, cancellationToken);
            }

            if (outcome.Refusal is null && request.Delete.Quiet != true)
            {
                (answer.Deleted ??= []).Add(Describe(bucket, target, outcome));
            }
        }

        return answer;
    }

    private ValueTask TellAsync(BucketInfo bucket, DeleteOutcome outcome, CallContext context, CancellationToken cancellationToken) => outcome switch
    {
        { Marker: { } marker } => events.RaiseAsync("ObjectRemoved:DeleteMarkerCreated", bucket, marker, context, cancellationToken),
        { Removed: { } removed } => events.RaiseAsync("ObjectRemoved:Delete", bucket, removed, context, cancellationToken),
        _ => default,
    };

    private static DeletedObject Describe(BucketInfo bucket, DeleteTarget target, DeleteOutcome outcome)
    {
        var marker = outcome.Marker ?? (target.VersionId is not null && outcome.Removed is { IsDeleteMarker: true } removed ? removed : null);
        return new()
        {
            Key = target.Key,
            VersionId = target.VersionId,
            DeleteMarker = marker is null ? null : true,
            DeleteMarkerVersionId = marker is null ? null : VersionIds.Of(bucket, marker),
        };
    }

    private static WriteCondition Condition(string? etag, DateTimeOffset? modified, long? size) => new()
    {
        IfMatch = etag is null ? null : Preconditions.Unquote(etag),
        IfModifiedAt = modified,
        IfSize = size,
    };
}
