using Sagebrush.Contracts.Sts;
using Sagebrush.Services.Iam;
using Sagebrush.Services.Iam.Authorization;
using Sagebrush.Services.Iam.Policies;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Sts;

/// <summary>The trust policies of roles: who may assume them.</summary>
internal sealed class TrustPolicies(RoleDirectory roles, IdentityPolicies identities, TimeProvider clock) : IResourcePolicies
{
    public string Service => "sts";

    public async ValueTask<string?> FindAsync(string resourceArn, Principal caller, CancellationToken cancellationToken) =>
        (await roles.FindByArnAsync(resourceArn, cancellationToken))?.Document.AssumeRolePolicyDocument;

    /// <summary>Whether a role trusts the caller, by name or by account. The root user is trusted by all.</summary>
    public ValueTask<bool> TrustsAsync(Stored<RoleDocument> role, AssumeRoleRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var caller = context.Principal;
        if (caller.IsRoot)
        {
            return new(true);
        }

        var facts = new CallFacts(context, RequestMembers.Of(request), clock.GetUtcNow());
        var verdict = identities.Compile(role.Document.AssumeRolePolicyDocument).Judge(
            "sts:AssumeRole", role.Arn, facts, statement =>
                (statement.Principals is { } named && (named.Names(caller) || named.NamesAccountOf(caller))) != statement.NotPrincipals);
        return new(verdict == PolicyVerdict.Allowed);
    }
}
