using Sagebrush.Contracts.Sts;
using Sagebrush.Services.Iam;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Sts;

/// <summary>Issues temporary credentials and tells whose a key is.</summary>
internal sealed class SessionOperations(
    CredentialsStore credentials, RoleDirectory roles, SessionPolicies policies, TrustPolicies trust, TimeProvider clock)
{
    /// <summary>What AWS allows the root user and chained roles: one hour.</summary>
    private const int HourInSeconds = 3600;

    /// <summary>What AWS gives a user's own session unless told: twelve hours.</summary>
    private const int UsualUserSeconds = 43200;

    private const string AccessDenied = "AccessDenied";

    private const string ValidationError = "ValidationError";

    public void Map(ApiMap api)
    {
        api.Map(StsApi.GetSessionToken, (request, context, _) => new(GetSessionToken(request, context)));
        api.Map(StsApi.AssumeRole, AssumeRoleAsync);
        api.Map(StsApi.GetFederationToken, GetFederationTokenAsync);
        api.Map(StsApi.GetAccessKeyInfo, (request, context, _) => new(GetAccessKeyInfo(request, context)));
    }

    private GetSessionTokenResponse GetSessionToken(GetSessionTokenRequest request, CallContext context)
    {
        RequireLongTermKey(context, "GetSessionToken");

        // A longer wish of the root user is cut short without an error, as AWS does.
        var seconds = context.Principal.IsRoot ? Math.Min(request.DurationSeconds ?? HourInSeconds, HourInSeconds) : request.DurationSeconds ?? UsualUserSeconds;
        var terms = new SessionTerms { IdentityArn = context.PrincipalArn, Issued = clock.GetUtcNow() };
        return new GetSessionTokenResponse { Credentials = Issue(context.Principal with { Session = terms }, seconds) };
    }

    private async ValueTask<AssumeRoleResponse> AssumeRoleAsync(AssumeRoleRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var (documents, arns) = await policies.ReadAsync(request.Policy, request.PolicyArns, cancellationToken);
        var role = await roles.FindByArnAsync(request.RoleArn, cancellationToken);
        if (role is null || role.Key.Account != context.AccountId || !await trust.TrustsAsync(role, request, context, cancellationToken))
        {
            // AWS does not tell whether the role exists.
            throw new ServiceException(
                AccessDenied, $"User: {context.PrincipalArn} is not authorized to perform: sts:AssumeRole on resource: {request.RoleArn}", 403);
        }

        var seconds = request.DurationSeconds ?? HourInSeconds;
        if (seconds > role.Document.MaxSessionDuration)
        {
            throw new ServiceException(ValidationError, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        }

        if (seconds > HourInSeconds && context.Principal.Session is not null)
        {
            throw new ServiceException(
                ValidationError, "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
        }

        var (tags, transitive) = SessionTags.Of(request, context.Principal.Session);
        var terms = new SessionTerms
        {
            IdentityArn = role.Arn,
            Issued = clock.GetUtcNow(),
            Policies = documents,
            PolicyArns = arns,
            Tags = tags,
            TransitiveTagKeys = transitive,
            SourceIdentity = context.Principal.Session?.SourceIdentity ?? request.SourceIdentity,
        };
        var id = $"{role.Document.RoleId}:{request.RoleSessionName}";
        var arn = $"arn:aws:sts::{context.AccountId}:assumed-role/{role.Document.RoleName}/{request.RoleSessionName}";
        return new AssumeRoleResponse
        {
            Credentials = Issue(new Principal(context.AccountId, arn, id) { Session = terms }, seconds),
            AssumedRoleUser = new AssumedRoleUser { AssumedRoleId = id, Arn = arn },
            PackedPolicySize = SessionPolicies.PackedSize(documents, tags),
            SourceIdentity = terms.SourceIdentity,
        };
    }

    private async ValueTask<GetFederationTokenResponse> GetFederationTokenAsync(
        GetFederationTokenRequest request, CallContext context, CancellationToken cancellationToken)
    {
        RequireLongTermKey(context, "GetFederationToken");
        var (documents, arns) = await policies.ReadAsync(request.Policy, request.PolicyArns, cancellationToken);
        var seconds = context.Principal.IsRoot ? Math.Min(request.DurationSeconds ?? HourInSeconds, HourInSeconds) : request.DurationSeconds ?? UsualUserSeconds;
        var id = $"{context.AccountId}:{request.Name}";
        var arn = $"arn:aws:sts::{context.AccountId}:federated-user/{request.Name}";
        var terms = new SessionTerms
        {
            IdentityArn = context.PrincipalArn,
            Issued = clock.GetUtcNow(),

            // Without a policy a federated user may do nothing.
            Policies = documents.Length + arns.Length == 0 ? [SessionPolicies.Nothing] : documents,
            PolicyArns = arns,
            Tags = SessionTags.Read(request.Tags),
        };
        return new GetFederationTokenResponse
        {
            Credentials = Issue(new Principal(context.AccountId, arn, id) { Session = terms }, seconds),
            FederatedUser = new FederatedUser { Arn = arn, FederatedUserId = id },
            PackedPolicySize = SessionPolicies.PackedSize(documents, terms.Tags),
        };
    }

    private GetAccessKeyInfoResponse GetAccessKeyInfo(GetAccessKeyInfoRequest request, CallContext context) =>
        credentials.Owns(request.AccessKeyId) || request.AccessKeyId == context.AccessKeyId
            ? new GetAccessKeyInfoResponse { Account = context.AccountId }
            : throw new ServiceException("InvalidClientTokenId", $"The access key {request.AccessKeyId} is neither a long-term key of this account nor the one that signed this request.", 403);

    private static void RequireLongTermKey(CallContext context, string operation)
    {
        if (context.Principal.Session is not null)
        {
            throw new ServiceException(AccessDenied, $"Cannot call {operation} with session credentials", 403);
        }
    }

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
