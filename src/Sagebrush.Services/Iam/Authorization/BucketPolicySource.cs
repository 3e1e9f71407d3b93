using Sagebrush.Services.S3;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Iam.Authorization;

/// <summary>The policies of buckets, and the access lists of buckets and objects.</summary>
internal sealed class BucketPolicySource(IBucketPolicies buckets) : IResourcePolicies
{
    private const string ArnStart = "arn:aws:s3:::";
    private const string CreateBucket = "s3:CreateBucket";

    public string Service => "s3";

    public ValueTask<string?> FindAsync(string resourceArn, Principal caller, CancellationToken cancellationToken)
    {
        if (Divide(resourceArn) is not { } place)
        {
            return new((string?)null);
        }

        var (bucket, _) = place;
        return new(caller.IsAnonymous && buckets.RestrictsPublicAccess(bucket) ? null : buckets.Find(bucket)?.Document);
    }

    /// <remarks>That there is no such bucket is no secret, as at AWS: whatever is asked of it goes on to be told so.</remarks>
    public bool Grants(string action, string resourceArn, Principal caller) =>
        Divide(resourceArn) is var (bucket, key)
        && (buckets.Find(bucket) is null ? action != CreateBucket : buckets.ListAllows(bucket, key, action, !caller.IsAnonymous));

    /// <remarks>That there is no object of a key is for those to know who may list the keys. Source: "GetObject" of S3's API reference.</remarks>
    public AuthorizationQuestion? AlsoAsked(AuthorizationQuestion question) =>
        question.Action == "s3:GetObject" && Divide(question.Resource) is (var bucket, { } key) && buckets.Find(bucket) is not null && !buckets.Holds(bucket, key)
            ? new AuthorizationQuestion("s3:ListBucket", ArnStart + bucket)
            : null;

    public IReadOnlyDictionary<string, string>? ObjectTags(string resourceArn, string? version) =>
        Divide(resourceArn) is (var bucket, { } key) ? buckets.TagsOf(bucket, key, version) : null;

    private static (string Bucket, string? Key)? Divide(string resourceArn)
    {
        if (!resourceArn.StartsWith(ArnStart, StringComparison.Ordinal))
        {
            return null;
        }

        var slash = resourceArn.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (resourceArn[ArnStart.Length..], null) : (resourceArn[ArnStart.Length..slash], resourceArn[(slash + 1)..]);
    }
}
