using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Settings;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;
using ObjectAttributes = Sagebrush.State.Objects.ObjectAttributes;
using RetentionMode = Sagebrush.State.Objects.RetentionMode;

namespace Sagebrush.Services.S3.Locks;

/// <summary>What keeps versions of objects from being deleted: S3's object lock, as requests, buckets and the store have it.</summary>
internal static class ObjectLocks
{
    private const int DaysOfYear = 365;

    /// <summary>Whether versions can be locked in a bucket.</summary>
    public static bool IsOn(BucketInfo bucket) => bucket.Documents.ContainsKey(BucketSettings.ObjectLock);

    /// <exception cref="ServiceException">Versions cannot be locked in the bucket.</exception>
    public static void Require(BucketInfo bucket)
    {
        if (!IsOn(bucket))
        {
            throw new ServiceException(S3Codes.InvalidRequest, "Bucket is missing Object Lock Configuration");
        }
    }

    /// <summary>The lock a new object is to have: what its request says, else what its bucket says.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="attributes">The object's other attributes.</param>
    /// <param name="mode">The request's retention mode, if any.</param>
    /// <param name="until">The end of the request's retention, if any.</param>
    /// <param name="legalHold">The request's legal hold, if any.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ServiceException">The request's lock is none, or the bucket has none.</exception>
    public static ObjectAttributes WithLock(
        BucketInfo bucket, ObjectAttributes attributes, string? mode, DateTimeOffset? until, string? legalHold, DateTimeOffset now)
    {
        if (mode is null && until is null && legalHold is null)
        {
            return DefaultRetention(bucket, now) is { } kept ? attributes with { Retention = kept } : attributes;
        }

        Require(bucket);
        if (mode is null != until is null)
        {
            throw new ServiceException(
                S3Codes.InvalidArgument, "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied");
        }

        return attributes with
        {
            Retention = until is { } end ? Retention(Mode(mode) ?? throw Invalid("Unknown wormMode directive."), end, now) : DefaultRetention(bucket, now),
            LegalHold = legalHold is null ? null : IsHeld(legalHold) ?? throw Invalid("Legal Hold must be either of 'ON' or 'OFF'"),
        };
    }

    /// <summary>A retention.</summary>
    /// <exception cref="ServiceException">It is over already.</exception>
    public static ObjectRetention Retention(RetentionMode mode, DateTimeOffset until, DateTimeOffset now) =>
        until > now ? new(mode, until) : throw Invalid("The retain until date must be in the future!");

    /// <summary>A mode by its name; null for none.</summary>
    public static RetentionMode? Mode(string? name) => name switch
    {
        ObjectLockRetentionMode.Governance => RetentionMode.Governance,
        ObjectLockRetentionMode.Compliance => RetentionMode.Compliance,
        _ => null,
    };

    /// <summary>A mode's name.</summary>
    public static string Name(RetentionMode mode) => mode == RetentionMode.Governance ? ObjectLockRetentionMode.Governance : ObjectLockRetentionMode.Compliance;

    /// <summary>A legal hold by its name; null for none.</summary>
    public static bool? IsHeld(string? status) => status switch
    {
        ObjectLockLegalHoldStatus.On => true,
        ObjectLockLegalHoldStatus.Off => false,
        _ => null,
    };

    /// <summary>A legal hold's name.</summary>
    public static string HoldName(bool isHeld) => isHeld ? ObjectLockLegalHoldStatus.On : ObjectLockLegalHoldStatus.Off;

    private static ObjectRetention? DefaultRetention(BucketInfo bucket, DateTimeOffset now) =>
        BucketSettings.Find<ObjectLockConfiguration>(bucket, BucketSettings.ObjectLock)?.Rule?.DefaultRetention is { } rule
            ? new(Mode(rule.Mode)!.Value, now.AddDays(rule.Days ?? rule.Years!.Value * DaysOfYear))
            : null;

    private static ServiceException Invalid(string message) => new(S3Codes.InvalidArgument, message);
}
