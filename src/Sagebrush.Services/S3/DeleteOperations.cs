using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Events;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;

namespace Sagebrush.Services.S3;

/// <summary>Implements <c>DeleteObject</c> and <c>DeleteObjects</c>.</summary>
internal sealed class DeleteOperations(IObjectStore store, BucketAccess access, ICallAuthorizer authorizer, ObjectEvents events)
{
    private const int MostKeys = 1000;

    private static readonly Dictionary<string, string> NoLabels = [];

    public async ValueTask<DeleteObjectOutput> DeleteOneAsync(DeleteObjectRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var target = new DeleteTarget(request.Key, VersionIds.Read(request.VersionId))
        {
            Condition = Condition(request.IfMatch, request.IfMatchLastModifiedTime, request.IfMatchSize),
            BypassesGovernance = request.BypassGovernanceRetention == true,
            Announce = events.AnnounceDeletion(ObjectEvents.Removed, bucket, context),
        };
        var outcomes = await store.DeleteAsync(request.Bucket, [target], cancellationToken);
        if (outcomes[0].Refusal is { } refusal)
        {
            throw refusal;
        }

        events.RaiseDeletion(ObjectEvents.Removed, bucket, outcomes[0], context);
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

        var announce = events.AnnounceDeletion(ObjectEvents.Removed, bucket, context);
        var targets = named.ConvertAll(entry => new DeleteTarget(entry.Key, string.IsNullOrEmpty(entry.VersionId) ? null : entry.VersionId)
        {
            Condition = Condition(entry.ETag, entry.LastModifiedTime, entry.Size),
            BypassesGovernance = request.BypassGovernanceRetention == true,
            Announce = announce,
        });
        var answer = new DeleteObjectsOutput { Errors = await TakeOutForbiddenAsync(request.Bucket, targets, context, cancellationToken) };
        var outcomes = await store.DeleteAsync(request.Bucket, targets, cancellationToken);
        foreach (var (target, outcome) in targets.Zip(outcomes))
        {
            if (outcome.Refusal is { } refusal)
            {
                (answer.Errors ??= []).Add(new() { Key = target.Key, VersionId = target.VersionId, Code = refusal.Error.ToString(), Message = refusal.Message });
            }
            else
            {
                events.RaiseDeletion(ObjectEvents.Removed, bucket, outcome, context);
            }

            if (outcome.Refusal is null && request.Delete.Quiet != true)
            {
                (answer.Deleted ??= []).Add(Describe(bucket, target, outcome));
            }
        }

        return answer;
    }

    /// <summary>Each key is a question of its own: what the caller may not delete is an error beside what it may.</summary>
    private async ValueTask<List<Error>?> TakeOutForbiddenAsync(
        string bucket, List<DeleteTarget> targets, CallContext context, CancellationToken cancellationToken)
    {
        if (context.Principal.IsRoot)
        {
            return null;
        }

        List<Error>? errors = null;
        var allowed = new List<DeleteTarget>(targets.Count);
        foreach (var target in targets)
        {
            try
            {
                var question = new DeleteObjectRequest { Bucket = bucket, Key = target.Key, VersionId = target.VersionId };
                await authorizer.AuthorizeAsync(context, S3Api.Service, S3Api.DeleteObject.Name, NoLabels, question, cancellationToken);
                allowed.Add(target);
            }
            catch (ServiceException refusal)
            {
                (errors ??= []).Add(new() { Key = target.Key, VersionId = target.VersionId, Code = refusal.Code, Message = refusal.Message });
            }
        }

        targets.Clear();
        targets.AddRange(allowed);
        return errors;
    }

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
