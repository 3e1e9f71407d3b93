using System.Collections.Frozen;

using Sagebrush.Services.Iam.Policies;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Iam.Authorization;

/// <summary>Evaluates the policies of callers and resources for every call but the root user's.</summary>
/// <remarks>
/// An explicit deny wins; else a resource's policy that names the caller, or the caller's own policies within boundary and session
/// policies, must allow. Source: "Policy evaluation logic" of IAM. Thread safe.
/// </remarks>
internal sealed class CallAuthorizer : ICallAuthorizer
{
    private const int MaxTags = 50;

    private static readonly Dictionary<string, string> NoTags = [];

    // What everybody may do with a key of their own.
    private static readonly FrozenSet<string> Free =
        new[] { "sts:GetCallerIdentity", "sts:GetSessionToken", "sts:GetAccessKeyInfo" }.ToFrozenSet(StringComparer.Ordinal);

    private readonly IdentityPolicies _identities;
    private readonly ResourceArns _arns;
    private readonly IResourceStore _store;
    private readonly TimeProvider _clock;
    private readonly FrozenDictionary<string, IResourcePolicies> _resourcePolicies;

    public CallAuthorizer(
        IdentityPolicies identities, ResourceArns arns, IResourceStore store, TimeProvider clock, IEnumerable<IResourcePolicies> resourcePolicies)
    {
        (_identities, _arns, _store, _clock) = (identities, arns, store, clock);
        _resourcePolicies = resourcePolicies.ToFrozenDictionary(policies => policies.Service, StringComparer.Ordinal);
    }

    public bool DecidesUnsigned(ServiceModel service) => service.SigningName == "s3";

    public async ValueTask AuthorizeAsync(
        CallContext context,
        ServiceModel service,
        string operation,
        IReadOnlyDictionary<string, string> labels,
        IShape? request,
        CancellationToken cancellationToken)
    {
        var members = RequestMembers.Of(request);
        var resource = await _arns.OfAsync(context, service, operation, labels, members, cancellationToken);
        var isVersion = service.SigningName == "s3" && VersionOf(context, members) is not null;
        var action = ActionNames.Of(service, operation, isVersion);
        if (!context.Principal.IsAnonymous && Free.Contains(action))
        {
            return;
        }

        foreach (var question in CallQuestions.Of(operation, action, resource, context, members))
        {
            await RequireAsync(context, service, members, question, cancellationToken);
            if (PoliciesOf(question)?.AlsoAsked(question) is { } other)
            {
                await RequireAsync(context, service, members, other, cancellationToken);
            }
        }
    }

    private async ValueTask RequireAsync(
        CallContext context, ServiceModel service, RequestMembers members, AuthorizationQuestion question, CancellationToken cancellationToken)
    {
        var verdict = await AskAsync(context, members, question, cancellationToken);
        if (!verdict.IsAllowed)
        {
            throw AccessRefusals.Make(context, service, question, verdict);
        }
    }

    /// <summary>What the policies say to one question.</summary>
    internal async ValueTask<AccessVerdict> AskAsync(
        CallContext context, RequestMembers members, AuthorizationQuestion question, CancellationToken cancellationToken)
    {
        var caller = context.Principal;
        var grants = caller.IsAnonymous || caller.IsRoot ? IdentityGrants.None : await _identities.OfAsync(caller, cancellationToken);
        var atResource = await AtResourceAsync(question, caller, cancellationToken);
        var session = new List<Policy>((caller.Session?.Policies ?? []).Select(_identities.Compile));
        foreach (var arn in caller.Session?.PolicyArns ?? [])
        {
            if (await _identities.ManagedAsync(arn, cancellationToken) is { } policy)
            {
                session.Add(policy);
            }
        }

        bool AsksFor(string name) => grants.Policies.Concat(session).Append(grants.Boundary).Append(atResource)
            .Any(policy => policy?.ConditionKeys.Any(key => key.Contains(name, StringComparison.OrdinalIgnoreCase)) == true);
        var facts = new CallFacts(context, members, _clock.GetUtcNow())
        {
            IdentityTags = grants.Tags,
            ResourceTags = AsksFor("ResourceTag/") ? await TagsAsync(question.Resource, cancellationToken) : NoTags,
            ObjectTags = AsksFor("ExistingObjectTag/") ? PoliciesOf(question)?.ObjectTags(question.Resource, VersionOf(context, members)) ?? NoTags : NoTags,
            PassedToService = question.PassedToService,
        };

        PolicyVerdict Judge(IEnumerable<Policy> policies) => policies
            .Select(policy => policy.Judge(question.Action, question.Resource, facts))
            .DefaultIfEmpty(PolicyVerdict.Silent).Max();

        var identity = Judge(grants.Policies);
        var boundary = grants.Boundary is { } bound ? Judge([bound]) : PolicyVerdict.Allowed;
        var isBoundBySession = caller.Session is { } terms && (terms.Policies.Count > 0 || terms.PolicyArns.Count > 0);
        var bySession = isBoundBySession ? Judge(session) : PolicyVerdict.Allowed;
        var resource = atResource?.Judge(question.Action, question.Resource, facts, statement => Concerns(statement, caller)) ?? PolicyVerdict.Silent;
        var named = resource == PolicyVerdict.Allowed
            && atResource!.Judge(question.Action, question.Resource, facts, statement => !statement.Allows || statement.Principals?.Names(caller) == true != statement.NotPrincipals)
                == PolicyVerdict.Allowed;
        if (identity != PolicyVerdict.Allowed && resource == PolicyVerdict.Silent && PoliciesOf(question)?.Grants(question.Action, question.Resource, caller) == true)
        {
            (resource, named) = (PolicyVerdict.Allowed, true);
        }

        return AccessVerdict.Of(identity, boundary, bySession, resource, named);
    }

    // Naming an account leaves the decision to the account: its own policies must allow as well.
    private static bool Concerns(PolicyStatement statement, Principal caller) =>
        (statement.Principals is { } principals && (principals.Names(caller) || principals.NamesAccountOf(caller))) != statement.NotPrincipals;

    private async ValueTask<Policy?> AtResourceAsync(AuthorizationQuestion question, Principal caller, CancellationToken cancellationToken) =>
        PoliciesOf(question) is { } policies && await policies.FindAsync(question.Resource, caller, cancellationToken) is { } document
            ? _identities.Compile(document)
            : null;

    private IResourcePolicies? PoliciesOf(AuthorizationQuestion question) =>
        _resourcePolicies.GetValueOrDefault(question.Action[..question.Action.IndexOf(':', StringComparison.Ordinal)]);

    private async ValueTask<IReadOnlyDictionary<string, string>> TagsAsync(string arn, CancellationToken cancellationToken) =>
        await _store.ListTagsAsync(arn, MaxTags, null, cancellationToken) is { } page
            ? page.Tags.ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal)
            : NoTags;

    private static string? VersionOf(CallContext context, RequestMembers members) =>
        members.Top.GetValueOrDefault("VersionId") ?? (context.Http.Request.Query.TryGetValue("versionId", out var version) ? version.ToString() : null);
}
