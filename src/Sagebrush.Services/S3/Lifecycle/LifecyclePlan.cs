using Sagebrush.Contracts.S3;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.S3.Lifecycle;

/// <summary>What a bucket's lifecycle rules say of its objects at a moment.</summary>
/// <param name="Rules">The rules that are on.</param>
/// <param name="Now">The moment.</param>
internal sealed record LifecyclePlan(IReadOnlyList<LifecycleRule> Rules, DateTimeOffset Now)
{
    public static LifecyclePlan Of(BucketLifecycleConfiguration configuration, DateTimeOffset now) =>
        new([.. configuration.Rules.Where(rule => rule.Status == ExpirationStatus.Enabled)], now);

    /// <summary>Whether the present version of an object is to go.</summary>
    /// <param name="found">The version.</param>
    /// <param name="tags">Reads its tags, where a rule asks for them.</param>
    public bool Expires(ListedObject found, Func<IReadOnlyDictionary<string, string>> tags) => Rules.Any(rule => rule.Expiration is { } expiration
        && (IsOver(found.LastModified, expiration.Days) || expiration.Date <= Now)
        && Covers(rule, found, tags));

    /// <summary>Whether a delete marker that hides nothing any more is to go.</summary>
    public bool ExpiresMarker(ListedObject found) => Rules.Any(rule => rule.Expiration is { } expiration
        && (expiration.ExpiredObjectDeleteMarker == true || IsOver(found.LastModified, expiration.Days))
        && Covers(rule, found, static () => new Dictionary<string, string>()));

    /// <summary>Whether a version that was replaced is to go.</summary>
    /// <param name="found">The version.</param>
    /// <param name="since">When it was replaced.</param>
    /// <param name="newer">How many replaced versions are newer.</param>
    /// <param name="tags">Reads its tags, where a rule asks for them.</param>
    public bool ExpiresNoncurrent(ListedObject found, DateTimeOffset since, int newer, Func<IReadOnlyDictionary<string, string>> tags) =>
        Rules.Any(rule => rule.NoncurrentVersionExpiration is { } expiration
            && IsOver(since, expiration.NoncurrentDays)
            && newer >= (expiration.NewerNoncurrentVersions ?? 0)
            && Covers(rule, found, tags));

    /// <summary>Whether an upload that was never completed is to go.</summary>
    public bool Aborts(UploadInfo upload) => Rules.Any(rule =>
        IsOver(upload.Initiated, rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation)
        && upload.Key.StartsWith(PrefixOf(rule), StringComparison.Ordinal));

    /// <remarks>S3 counts whole days and acts at the next midnight, UTC.</remarks>
    private bool IsOver(DateTimeOffset start, int? days)
    {
        if (days is not { } number)
        {
            return false;
        }

        var end = start.UtcDateTime.AddDays(number);
        var midnight = end.TimeOfDay == TimeSpan.Zero ? end : end.Date.AddDays(1);
        return Now.UtcDateTime >= midnight;
    }

    private static string PrefixOf(LifecycleRule rule) => rule.Prefix ?? rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? "";

    private static bool Covers(LifecycleRule rule, ListedObject found, Func<IReadOnlyDictionary<string, string>> tags)
    {
        var (filter, all) = (rule.Filter, rule.Filter?.And);
        if (!found.Key.StartsWith(PrefixOf(rule), StringComparison.Ordinal)
            || found.Size <= (filter?.ObjectSizeGreaterThan ?? all?.ObjectSizeGreaterThan ?? -1)
            || found.Size >= (filter?.ObjectSizeLessThan ?? all?.ObjectSizeLessThan ?? long.MaxValue))
        {
            return false;
        }

        List<Tag> wanted = filter?.Tag is { } tag ? [tag] : all?.Tags ?? [];
        return wanted.Count == 0 || (tags() is var present && wanted.TrueForAll(one => present.GetValueOrDefault(one.Key) == one.Value));
    }
}
