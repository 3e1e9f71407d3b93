using Sagebrush.Services.S3;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Iam.Authorization;

/// <summary>What a call must be allowed to do: its own action, and what comes with it.</summary>
internal static class CallQuestions
{
    private const string PassRole = "iam:PassRole";

    private static readonly string[] GrantsHeaders =
        ["x-amz-acl", "x-amz-grant-full-control", "x-amz-grant-read", "x-amz-grant-read-acp", "x-amz-grant-write", "x-amz-grant-write-acp"];

    private static readonly string[] RoleMembers = ["RoleArn", "ExecutionRoleArn", "ExecutionRole", "OfflineStoreRoleArn"];

    public static IEnumerable<AuthorizationQuestion> Of(string operation, string action, string resource, CallContext context, RequestMembers members)
    {
        if (operation == "DeleteObjects")
        {
            // Each object is a question of its own, which the operation asks: one refused must not keep the others.
            yield break;
        }

        yield return new AuthorizationQuestion(action, resource);
        if (operation is "CopyObject" or "UploadPartCopy" && context.Http.Request.Headers["x-amz-copy-source"].ToString() is { Length: > 0 } source)
        {
            var original = CopySource.Parse(source);
            yield return new AuthorizationQuestion(
                original.VersionId is null ? "s3:GetObject" : "s3:GetObjectVersion", $"arn:aws:s3:::{original.Bucket}/{original.Key}");
        }

        if (context.Http.Request.Headers.ContainsKey("x-amz-tagging") && action == "s3:PutObject")
        {
            yield return new AuthorizationQuestion("s3:PutObjectTagging", resource);
        }

        if (action == "s3:PutObject" && GrantsHeaders.Any(context.Http.Request.Headers.ContainsKey))
        {
            yield return new AuthorizationQuestion("s3:PutObjectAcl", resource);
        }

        if (action.StartsWith("s3:", StringComparison.Ordinal)
            && context.Http.Request.Headers["x-amz-bypass-governance-retention"].ToString().Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            yield return new AuthorizationQuestion("s3:BypassGovernanceRetention", resource);
        }

        if (action.StartsWith("sagemaker:", StringComparison.Ordinal) && !action.StartsWith("sagemaker:List", StringComparison.Ordinal))
        {
            foreach (var role in RoleMembers.SelectMany(member => members.Values(member) ?? []).Where(role => role.Contains(":role/", StringComparison.Ordinal)).Distinct())
            {
                yield return new AuthorizationQuestion(PassRole, role) { PassedToService = "sagemaker.amazonaws.com" };
            }
        }
    }
}
