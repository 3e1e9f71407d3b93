using Sagebrush.Services.S3;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Iam.Authorization;

/// <summary>The policies of buckets.</summary>
internal sealed class BucketPolicySource(IBucketPolicies buckets) : IResourcePolicies
{
    private const string ArnStart = "arn:aws:s3:::";

    public string Service => "s3";

    public ValueTask<string?> FindAsync(string resourceArn, Principal caller, CancellationToken cancellationToken)
    {
        if (!resourceArn.StartsWith(ArnStart, StringComparison.Ordinal))
        {
            return new((string?)null);
        }

        var slash = resourceArn.IndexOf('/', StringComparison.Ordinal);
        var bucket = slash < 0 ? resourceArn[ArnStart.Length..] : resourceArn[ArnStart.Length..slash];
        return new(caller.IsAnonymous && buckets.RestrictsPublicAccess(bucket) ? null : buckets.Find(bucket)?.Document);
    }
}
