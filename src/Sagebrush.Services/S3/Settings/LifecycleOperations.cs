using Sagebrush.Contracts.S3;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3.Settings;

/// <summary>Keeps the rules by which objects, versions and unfinished uploads go by themselves.</summary>
internal sealed class LifecycleOperations(BucketSettings settings)
{
    private const int MostRules = 1000;
    private const int LongestId = 255;

    public void Map(ApiMap api)
    {
        api.Serve(S3Api.PutBucketLifecycleConfiguration, PutAsync);
        api.Serve(S3Api.GetBucketLifecycleConfiguration, GetAsync);
        api.Serve(S3Api.DeleteBucketLifecycle, (request, context, cancellationToken) =>
            settings.ForgetAsync(request.Bucket, BucketSettings.Lifecycle, context, request.ExpectedBucketOwner, cancellationToken));
    }

    private async ValueTask<PutBucketLifecycleConfigurationOutput> PutAsync(
        PutBucketLifecycleConfigurationRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        if (request.LifecycleConfiguration?.Rules is not { Count: > 0 and <= MostRules } rules)
        {
            throw BucketSettings.Malformed();
        }

        foreach (var rule in rules)
        {
            rule.ID ??= Guid.NewGuid().ToString("N");
            Check(rule);
        }

        if (rules.DistinctBy(rule => rule.ID).Count() < rules.Count)
        {
            throw new ServiceException(S3Codes.InvalidArgument, "Rule ID must be unique. Found same ID for more than one rule");
        }

        await settings.SetAsync(bucket, BucketSettings.Lifecycle, request.LifecycleConfiguration, cancellationToken);
        return new() { TransitionDefaultMinimumObjectSize = request.TransitionDefaultMinimumObjectSize ?? TransitionDefaultMinimumObjectSize.AllStorageClasses128K };
    }

    private ValueTask<GetBucketLifecycleConfigurationOutput> GetAsync(
        GetBucketLifecycleConfigurationRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        var rules = BucketSettings.Find<BucketLifecycleConfiguration>(bucket, BucketSettings.Lifecycle)
            ?? throw BucketSettings.Missing("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", bucket);
        return new(new GetBucketLifecycleConfigurationOutput
        {
            Rules = rules.Rules,
            TransitionDefaultMinimumObjectSize = TransitionDefaultMinimumObjectSize.AllStorageClasses128K,
        });
    }

    private static void Check(LifecycleRule rule)
    {
        if (rule.ID!.Length > LongestId)
        {
            throw new ServiceException(S3Codes.InvalidArgument, $"ID length should not exceed allowed limit of {LongestId}");
        }

        if (rule.Status is not (ExpirationStatus.Enabled or ExpirationStatus.Disabled)
            || (rule.Filter is not null && rule.Prefix is not null)
            || (rule.Expiration is { } expiration && new[] { expiration.Days is not null, expiration.Date is not null, expiration.ExpiredObjectDeleteMarker is not null }.Count(set => set) != 1))
        {
            throw BucketSettings.Malformed();
        }

        if (rule is { Expiration: null, NoncurrentVersionExpiration: null, AbortIncompleteMultipartUpload: null, Transitions: null or { Count: 0 }, NoncurrentVersionTransitions: null or { Count: 0 } })
        {
            throw new ServiceException(S3Codes.InvalidRequest, "At least one action needs to be specified in a rule");
        }

        Positive(rule.Expiration?.Days, "'Days' for Expiration action must be a positive integer");
        Positive(rule.NoncurrentVersionExpiration?.NoncurrentDays, "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer");
        Positive(rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation, "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer");
        if (rule.Expiration?.Date is { } date && date.UtcDateTime.TimeOfDay != TimeSpan.Zero)
        {
            throw new ServiceException(S3Codes.InvalidArgument, "'Date' must be at midnight GMT");
        }
    }

    private static void Positive(int? days, string message)
    {
        if (days <= 0)
        {
            throw new ServiceException(S3Codes.InvalidArgument, message);
        }
    }
}
