using Sagebrush.Contracts.S3;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Implements <c>DeleteObject</c> and <c>DeleteObjects</c>.</summary>
internal sealed class DeleteOperations(IObjectStore store, BucketAccess access)
{
    private const int MostKeys = 1000;

    public async ValueTask<DeleteObjectOutput> DeleteOneAsync(DeleteObjectRequest request, CallContext context, CancellationToken cancellationToken)
    {
        access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        VersionIds.Require(request.VersionId);
        if (request.IfMatch is { } tag)
        {
            await store.DeleteIfMatchAsync(request.Bucket, request.Key, Preconditions.Unquote(tag), cancellationToken);
        }
        else
        {
            await store.DeleteAsync(request.Bucket, [request.Key], cancellationToken);
        }

        return new();
    }

    public async ValueTask<DeleteObjectsOutput> DeleteManyAsync(DeleteObjectsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        access.Require(request.Bucket, context, request.ExpectedBucketOwner);
        var named = request.Delete.Objects;
        if (named.Count is 0 or > MostKeys)
        {
            throw new ServiceException(
                S3Codes.MalformedXml, "The XML you provided was not well-formed or did not validate against our published schema");
        }

        var errors = new List<Error>();
        var plain = new List<ObjectIdentifier>();
        foreach (var entry in named)
        {
            if (await TryRefuseAsync(request.Bucket, entry, cancellationToken) is { } error)
            {
                errors.Add(error);
            }
            else if (entry.ETag is null)
            {
                plain.Add(entry);
            }
        }

        await store.DeleteAsync(request.Bucket, [.. plain.Select(entry => entry.Key)], cancellationToken);
        var refused = errors.Select(error => error.Key).ToHashSet();
        return new()
        {
            Deleted = request.Delete.Quiet == true
                ? null
                : [.. named.Where(entry => !refused.Contains(entry.Key)).Select(entry => new DeletedObject { Key = entry.Key, VersionId = entry.VersionId })],
            Errors = errors.Count == 0 ? null : errors,
        };
    }

    /// <summary>Deletes an entry that carries a condition, and finds out what is wrong with any.</summary>
    private async Task<Error?> TryRefuseAsync(string bucket, ObjectIdentifier entry, CancellationToken cancellationToken)
    {
        try
        {
            VersionIds.Require(entry.VersionId);
            if (entry.ETag is { } tag)
            {
                await store.DeleteIfMatchAsync(bucket, entry.Key, Preconditions.Unquote(tag), cancellationToken);
            }
            else
            {
                KeyRules.Require(entry.Key);
            }

            return null;
        }
        catch (ServiceException refusal)
        {
            return new() { Key = entry.Key, VersionId = entry.VersionId, Code = refusal.Code, Message = refusal.Message };
        }
        catch (ObjectStoreException refusal)
        {
            return new() { Key = entry.Key, VersionId = entry.VersionId, Code = refusal.Error.ToString(), Message = refusal.Message };
        }
    }
}
