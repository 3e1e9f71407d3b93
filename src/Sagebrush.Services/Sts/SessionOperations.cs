using Sagebrush.Contracts.Sts;
using Sagebrush.Services.Iam;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Sts;

/// <summary>Issues temporary credentials and tells whose a key is.</summary>
internal sealed class SessionOperations(CredentialsStore credentials, RoleDirectory roles)
{
    /// <summary>What AWS allows the root user and chained roles: one hour.</summary>
    private const int HourInSeconds = 3600;

    private const string AccessDenied = "AccessDenied";

    public void Map(ApiMap api)
    {
        api.Map(StsApi.GetSessionToken, (request, context, _) => new(GetSessionToken(request, context)));
        api.Map(StsApi.AssumeRole, AssumeRoleAsync);
        api.Map(StsApi.GetAccessKeyInfo, (request, context, _) => new(GetAccessKeyInfo(request, context)));
    }

    private GetSessionTokenResponse GetSessionToken(GetSessionTokenRequest request, CallContext context)
    {
        if (context.AccessKeyId != credentials.Root.AccessKeyId)
        {
            throw new ServiceException(AccessDenied, "Cannot call GetSessionToken with session credentials", 403);
        }

        // A longer wish of the root user is cut short without an error, as AWS does.
        var seconds = Math.Min(request.DurationSeconds ?? HourInSeconds, HourInSeconds);
        return new GetSessionTokenResponse { Credentials = Issue(context.Principal, seconds) };
    }

    private async ValueTask<AssumeRoleResponse> AssumeRoleAsync(AssumeRoleRequest request, CallContext context, CancellationToken cancellationToken)
    {
        if (request.Policy is { } policy && PolicyDocument.Problem(policy) is { } problem)
        {
            throw StsErrors.MalformedPolicyDocumentException(problem);
        }

        var role = await roles.FindByArnAsync(request.RoleArn, cancellationToken);
        if (role is null || role.Key.Account != context.AccountId)
        {
            // AWS does not tell whether the role exists.
            throw new ServiceException(
                AccessDenied, $"User: {context.PrincipalArn} is not authorized to perform: sts:AssumeRole on resource: {request.RoleArn}", 403);
        }

        var seconds = request.DurationSeconds ?? HourInSeconds;
        if (seconds > role.Document.MaxSessionDuration)
        {
            throw new ServiceException("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        }

        if (seconds > HourInSeconds && context.AccessKeyId != credentials.Root.AccessKeyId)
        {
            throw new ServiceException(
                "ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
        }

        var id = $"{role.Document.RoleId}:{request.RoleSessionName}";
        var arn = $"arn:aws:sts::{context.AccountId}:assumed-role/{role.Document.RoleName}/{request.RoleSessionName}";
        return new AssumeRoleResponse
        {
            Credentials = Issue(new Principal(context.AccountId, arn, id), seconds),
            AssumedRoleUser = new AssumedRoleUser { AssumedRoleId = id, Arn = arn },
            SourceIdentity = request.SourceIdentity,
        };
    }

    private GetAccessKeyInfoResponse GetAccessKeyInfo(GetAccessKeyInfoRequest request, CallContext context) =>
        request.AccessKeyId == credentials.Root.AccessKeyId || request.AccessKeyId == context.AccessKeyId
            ? new GetAccessKeyInfoResponse { Account = context.AccountId }
            : throw new ServiceException("InvalidClientTokenId", $"The access key {request.AccessKeyId} is neither the root key nor the one that signed this request.", 403);

    private Credentials Issue(Principal principal, int seconds)
    {
        var session = credentials.IssueSession(principal, TimeSpan.FromSeconds(seconds));
        return new Credentials
        {
            AccessKeyId = session.AccessKeyId,
            SecretAccessKey = session.SecretAccessKey,
            SessionToken = session.SessionToken!,
            Expiration = session.Expiration!.Value,
        };
    }
}
