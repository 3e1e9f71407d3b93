using Microsoft.AspNetCore.Http;
using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Settings;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;
using RetentionMode = Sagebrush.State.Objects.RetentionMode;

namespace Sagebrush.Services.S3.Locks;

/// <summary>Locks buckets and versions of objects, and tells how they are locked.</summary>
internal sealed class LockOperations(IObjectStore store, BucketSettings settings, TimeProvider clock)
{
    private const int MostDays = 36_500;

    private const int MostYears = 100;

    public void Map(ApiMap api)
    {
        api.Serve(S3Api.PutObjectLockConfiguration, PutConfigurationAsync);
        api.Serve(S3Api.GetObjectLockConfiguration, GetConfiguration);
        api.Serve(S3Api.PutObjectRetention, PutRetentionAsync);
        api.Serve(S3Api.GetObjectRetention, GetRetention);
        api.Serve(S3Api.PutObjectLegalHold, PutLegalHoldAsync);
        api.Serve(S3Api.GetObjectLegalHold, GetLegalHold);
    }

    /// <summary>The setting of a bucket that is made with locks.</summary>
    public static ObjectLockConfiguration Initial() => new() { ObjectLockEnabled = ObjectLockEnabled.Enabled };

    private async ValueTask<PutObjectLockConfigurationOutput> PutConfigurationAsync(
        PutObjectLockConfigurationRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        if (bucket.Versioning != BucketVersioning.Enabled)
        {
            throw new ServiceException(
                S3Codes.InvalidBucketState, "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration", StatusCodes.Status409Conflict);
        }

        if (request.ObjectLockConfiguration is not { ObjectLockEnabled: ObjectLockEnabled.Enabled } configuration)
        {
            throw BucketSettings.Malformed();
        }

        if (configuration.Rule is { } rule)
        {
            Check(rule.DefaultRetention);
        }

        await settings.SetAsync(bucket, BucketSettings.ObjectLock, configuration, cancellationToken);
        return new();
    }

    private ValueTask<GetObjectLockConfigurationOutput> GetConfiguration(
        GetObjectLockConfigurationRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        return BucketSettings.Find<ObjectLockConfiguration>(bucket, BucketSettings.ObjectLock) is { } kept
            ? new(new GetObjectLockConfigurationOutput { ObjectLockConfiguration = kept })
            : throw BucketSettings.Missing("ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket", bucket);
    }

    private async ValueTask<PutObjectRetentionOutput> PutRetentionAsync(
        PutObjectRetentionRequest request, CallContext context, CancellationToken cancellationToken)
    {
        ObjectLocks.Require(settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner));
        var asked = Read(request.Retention);
        await store.SetObjectAttributesAsync(
            request.Bucket,
            request.Key,
            VersionIds.Read(request.VersionId),
            info => MayReplace(info.Attributes.Retention, asked, request.BypassGovernanceRetention == true)
                ? info.Attributes with { Retention = asked }
                : throw S3Errors.AccessDenied("Access Denied because object protected by object lock."),
            cancellationToken);
        return new();
    }

    private ValueTask<GetObjectRetentionOutput> GetRetention(GetObjectRetentionRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var info = Find(request.Bucket, request.Key, request.VersionId, context, request.ExpectedBucketOwner);
        return info.Attributes.Retention is { } kept
            ? new(new GetObjectRetentionOutput { Retention = new() { Mode = ObjectLocks.Name(kept.Mode), RetainUntilDate = kept.Until } })
            : throw Unlocked();
    }

    private async ValueTask<PutObjectLegalHoldOutput> PutLegalHoldAsync(
        PutObjectLegalHoldRequest request, CallContext context, CancellationToken cancellationToken)
    {
        ObjectLocks.Require(settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner));
        var held = ObjectLocks.IsHeld(request.LegalHold?.Status) ?? throw BucketSettings.Malformed();
        await store.SetObjectAttributesAsync(
            request.Bucket, request.Key, VersionIds.Read(request.VersionId), info => info.Attributes with { LegalHold = held }, cancellationToken);
        return new();
    }

    private ValueTask<GetObjectLegalHoldOutput> GetLegalHold(GetObjectLegalHoldRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var info = Find(request.Bucket, request.Key, request.VersionId, context, request.ExpectedBucketOwner);
        return info.Attributes.LegalHold is { } held
            ? new(new GetObjectLegalHoldOutput { LegalHold = new() { Status = ObjectLocks.HoldName(held) } })
            : throw Unlocked();
    }

    private ObjectInfo Find(string name, string key, string? versionId, CallContext context, string? expectedOwner)
    {
        ObjectLocks.Require(settings.Bucket(name, context, expectedOwner));
        return store.GetObject(name, key, VersionIds.Read(versionId));
    }

    /// <summary>The retention a request asks for; null to have none.</summary>
    private ObjectRetention? Read(ObjectLockRetention? asked) => (ObjectLocks.Mode(asked?.Mode), asked?.RetainUntilDate) switch
    {
        ({ } mode, { } until) => ObjectLocks.Retention(mode, until, clock.GetUtcNow()),
        (null, null) when asked?.Mode is null => null,
        _ => throw BucketSettings.Malformed(),
    };

    /// <summary>A retention may be prolonged by everybody; more, only under governance and by who may bypass it.</summary>
    private bool MayReplace(ObjectRetention? present, ObjectRetention? asked, bool bypasses) =>
        present is null
        || present.Until <= clock.GetUtcNow()
        || (present.Mode == RetentionMode.Governance && bypasses)
        || (asked?.Mode == present.Mode && asked.Until >= present.Until);

    private static void Check(DefaultRetention? retention)
    {
        if (ObjectLocks.Mode(retention?.Mode) is null || retention!.Days is null == retention.Years is null)
        {
            throw BucketSettings.Malformed();
        }

        if (retention.Days is <= 0 or > MostDays || retention.Years is <= 0 or > MostYears)
        {
            throw new ServiceException("InvalidRetentionPeriod", "The retention period must be a positive integer value.");
        }
    }

    private static ServiceException Unlocked() => new(
        "NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration", StatusCodes.Status404NotFound);
}
