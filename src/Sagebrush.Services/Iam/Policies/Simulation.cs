using Sagebrush.Contracts.Iam;
using Sagebrush.Services.Iam.Authorization;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Iam.Policies;

/// <summary>Policies and a context to ask about calls that nobody makes.</summary>
internal sealed class Simulation
{
    /// <summary>The policies of the identity.</summary>
    public required IReadOnlyList<Policy> Policies { get; init; }

    /// <summary>The policies that bound it; none bounds nothing.</summary>
    public required IReadOnlyList<Policy> Boundaries { get; init; }

    /// <summary>The policy of the resource, if any.</summary>
    public Policy? ResourcePolicy { get; init; }

    /// <summary>Who would call, for the resource's policy; null for nobody in particular.</summary>
    public Principal? Caller { get; init; }

    /// <summary>The condition keys of the call.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Context { get; init; }

    /// <summary>What the policies say to one action on one resource.</summary>
    public EvaluationResult Evaluate(string action, string resource)
    {
        var facts = new SimulatedFacts(Context);
        PolicyVerdict Judge(IEnumerable<Policy> policies) => policies.Select(policy => policy.Judge(action, resource, facts)).DefaultIfEmpty(PolicyVerdict.Silent).Max();

        var boundary = Boundaries.Count == 0 ? PolicyVerdict.Allowed : Judge(Boundaries);
        var atResource = ResourcePolicy?.Judge(action, resource, facts, Concerns) ?? PolicyVerdict.Silent;
        var verdict = AccessVerdict.Of(Judge(Policies), boundary, PolicyVerdict.Allowed, atResource, named: atResource == PolicyVerdict.Allowed);
        return new EvaluationResult
        {
            EvalActionName = action,
            EvalResourceName = resource,
            EvalDecision = verdict.IsAllowed ? PolicyEvaluationDecisionType.Allowed
                : verdict.IsExplicit ? PolicyEvaluationDecisionType.ExplicitDeny
                : PolicyEvaluationDecisionType.ImplicitDeny,
            MissingContextValues = [.. facts.Missing],
            PermissionsBoundaryDecisionDetail = Boundaries.Count == 0 ? null : new() { AllowedByPermissionsBoundary = boundary == PolicyVerdict.Allowed },
        };
    }

    private bool Concerns(PolicyStatement statement) =>
        (statement.Principals is { } principals && (principals.Everyone || (Caller is { } caller && principals.Names(caller)))) != statement.NotPrincipals;
}
