using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Iam.Authorization;

/// <summary>What a call must be allowed to do: its own action, and what comes with it.</summary>
internal static class CallQuestions
{
    private const string PassRole = "iam:PassRole";

    private static readonly string[] RoleMembers = ["RoleArn", "ExecutionRoleArn", "ExecutionRole", "OfflineStoreRoleArn"];

    public static IEnumerable<AuthorizationQuestion> Of(string operation, string action, string resource, CallContext context, RequestMembers members)
    {
        if (operation == "DeleteObjects")
        {
            // Each object is a question of its own.
            foreach (var key in members.Values("Key") ?? [])
            {
                yield return new AuthorizationQuestion(action, $"{resource}/{key}");
            }

            yield break;
        }

        yield return new AuthorizationQuestion(action, resource);
        if (operation is "CopyObject" or "UploadPartCopy" && context.Http.Request.Headers["x-amz-copy-source"].ToString() is { Length: > 0 } source)
        {
            var plain = Uri.UnescapeDataString(source.Split('?')[0]).TrimStart('/');
            yield return new AuthorizationQuestion("s3:GetObject", $"arn:aws:s3:::{plain}");
        }

        if (context.Http.Request.Headers.ContainsKey("x-amz-tagging") && action == "s3:PutObject")
        {
            yield return new AuthorizationQuestion("s3:PutObjectTagging", resource);
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
