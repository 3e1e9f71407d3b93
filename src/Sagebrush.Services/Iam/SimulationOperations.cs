using System.Globalization;

using Sagebrush.Contracts.Iam;
using Sagebrush.Services.Iam.Policies;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;
using Policy = Sagebrush.Services.Iam.Policies.Policy;

namespace Sagebrush.Services.Iam;

/// <summary>Tells what policies would say to calls nobody makes, by the same evaluation that decides over real ones.</summary>
internal sealed class SimulationOperations(IdentityPolicies identities)
{
    public void Map(ApiMap api)
    {
        api.Map(IamApi.SimulatePrincipalPolicy, SimulatePrincipalAsync);
        api.Map(IamApi.SimulateCustomPolicy, SimulateCustom);
    }

    private async ValueTask<SimulatePolicyResponse> SimulatePrincipalAsync(
        SimulatePrincipalPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var grants = await identities.FindAsync(request.PolicySourceArn, cancellationToken)
            ?? throw IamErrors.NoSuchEntityException($"The entity {request.PolicySourceArn} cannot be found.");
        var caller = request.CallerArn ?? (request.PolicySourceArn.Contains(":user/", StringComparison.Ordinal) ? request.PolicySourceArn : null);
        var simulation = new Simulation
        {
            Policies = [.. grants.Policies, .. Compile(request.PolicyInputList)],
            Boundaries = request.PermissionsBoundaryPolicyInputList is { Count: > 0 } ? Compile(request.PermissionsBoundaryPolicyInputList)
                : grants.Boundary is { } boundary ? [boundary]
                : [],
            ResourcePolicy = request.ResourcePolicy is null ? null : Compile([request.ResourcePolicy])[0],
            Caller = Caller(caller, context),
            Context = Entries(request.ContextEntries),
        };
        return Answer(simulation, request.ActionNames, request.ResourceArns, request.Marker, request.MaxItems);
    }

    private ValueTask<SimulatePolicyResponse> SimulateCustom(SimulateCustomPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var simulation = new Simulation
        {
            Policies = Compile(request.PolicyInputList),
            Boundaries = Compile(request.PermissionsBoundaryPolicyInputList),
            ResourcePolicy = request.ResourcePolicy is null ? null : Compile([request.ResourcePolicy])[0],
            Caller = Caller(request.CallerArn, context),
            Context = Entries(request.ContextEntries),
        };
        return new(Answer(simulation, request.ActionNames, request.ResourceArns, request.Marker, request.MaxItems));
    }

    private static SimulatePolicyResponse Answer(Simulation simulation, List<string> actions, List<string>? resources, string? marker, int? maxItems)
    {
        if (actions.Find(action => !action.Contains(':', StringComparison.Ordinal)) is { } nameless)
        {
            throw IamErrors.InvalidInputException($"Invalid Input: {nameless} is no action; actions are written as service:operation.");
        }

        var first = 0;
        if (marker is not null && !(int.TryParse(marker, NumberStyles.None, CultureInfo.InvariantCulture, out first) && first <= actions.Count * (resources?.Count ?? 1)))
        {
            throw new ServiceException("ValidationError", "Invalid Marker.");
        }

        var questions = actions.SelectMany(_ => resources is { Count: > 0 } ? resources : ["*"], (action, resource) => (action, resource)).Skip(first).ToList();
        var size = maxItems ?? MarkerPage.DefaultSize;
        return new SimulatePolicyResponse
        {
            EvaluationResults = [.. questions.Take(size).Select(question => simulation.Evaluate(question.action, question.resource))],
            IsTruncated = questions.Count > size,
            Marker = questions.Count > size ? (first + size).ToString(CultureInfo.InvariantCulture) : null,
        };
    }

    private List<Policy> Compile(List<string>? documents)
    {
        try
        {
            return (documents ?? []).ConvertAll(identities.Compile);
        }
        catch (FormatException problem)
        {
            throw IamErrors.InvalidInputException($"Invalid Input: {problem.Message}");
        }
    }

    private static Principal? Caller(string? arn, CallContext context) => arn is null ? null : new Principal(context.AccountId, arn, arn);

    private static Dictionary<string, IReadOnlyList<string>> Entries(List<ContextEntry>? entries)
    {
        var given = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in entries ?? [])
        {
            given[entry.ContextKeyName ?? ""] = entry.ContextKeyValues ?? [];
        }

        return given;
    }
}
