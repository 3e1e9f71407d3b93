using Microsoft.AspNetCore.Http;
using Sagebrush.Contracts.SageMakerRuntime;
using Sagebrush.Serving;
using Sagebrush.Serving.Routing;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Invocation;

/// <summary>Finds who answers a request: the endpoint of its path, and the variant, model or container its headers name.</summary>
internal static class InvocationTargets
{
    internal const string EnableExplanationsHeader = "X-Amzn-SageMaker-Enable-Explanations";

    private const string TargetVariantHeader = "X-Amzn-SageMaker-Target-Variant";
    private const string TargetModelHeader = "X-Amzn-SageMaker-Target-Model";
    private const string TargetContainerHeader = "X-Amzn-SageMaker-Target-Container-Hostname";
    private const string InferenceComponentHeader = "X-Amzn-SageMaker-Inference-Component";

    /// <summary>Chooses the variant for a request, and what of it the request is for.</summary>
    /// <returns>False when nothing is served under the endpoint's name.</returns>
    /// <exception cref="ServiceException">There is no such variant, model or container.</exception>
    public static bool TryAcquire(EndpointRouter router, in HotCall call, IHeaderDictionary headers, out VariantLease lease, out string? target)
    {
        target = null;
        if (!TryAcquire(router, call, headers, out lease))
        {
            return false;
        }

        try
        {
            target = Target(lease.Server.Target, call.Label, headers);
            if (lease.Variant.Explainer is null && headers.ContainsKey(EnableExplanationsHeader))
            {
                throw SageMakerRuntimeErrors.ValidationError(
                    $"Endpoint {call.Label} has no explainer, so it takes no EnableExplanations: its configuration has no ExplainerConfig.");
            }

            return true;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private static bool TryAcquire(EndpointRouter router, in HotCall call, IHeaderDictionary headers, out VariantLease lease)
    {
        var name = call.Label;
        var context = call.Context;
        var target = headers.TryGetValue(TargetVariantHeader, out var value) ? (string?)value : null;
        switch (router.TryAcquire(new EndpointKey(context.AccountId, context.Region, name), target, out lease))
        {
            case RouteOutcome.NoEndpoint:
                return false;
            case RouteOutcome.NoVariant:
                throw SageMakerRuntimeErrors.ValidationError($"Variant {target} of endpoint {name} of account {context.AccountId} not found.");
            case RouteOutcome.NoCapacity:
                throw SageMakerRuntimeErrors.ServiceUnavailable(
                    $"Endpoint {name} of account {context.AccountId} has no instances to process this request: it is scaled to zero.");
        }

        if (lease.Variant.IsAsynchronous)
        {
            lease.Dispose();
            throw SageMakerRuntimeErrors.ValidationError(
                $"Endpoint {name} of account {context.AccountId} is an asynchronous endpoint, which takes no requests that wait for their answer. Use InvokeEndpointAsync.");
        }

        return true;
    }

    /// <summary>The model or container a request names; an endpoint without several takes no such name.</summary>
    private static string? Target(InvocationTarget target, string endpoint, IHeaderDictionary headers)
    {
        Refuse(target == InvocationTarget.Model, TargetModelHeader);
        Refuse(target == InvocationTarget.Container, TargetContainerHeader);
        Refuse(false, InferenceComponentHeader);
        return target switch
        {
            InvocationTarget.Model => Required(TargetModelHeader, "TargetModel", "multi-model endpoint"),
            InvocationTarget.Container => Required(TargetContainerHeader, "TargetContainerHostname", "multi-container endpoint with direct invocation"),
            _ => null,
        };

        void Refuse(bool fits, string header)
        {
            if (!fits && headers.ContainsKey(header))
            {
                throw SageMakerRuntimeErrors.ValidationError($"Endpoint {endpoint} does not take the header {header}: its models are not chosen by it.");
            }
        }

        string Required(string header, string member, string kind) =>
            headers[header] is [{ Length: > 0 } value] ? value : throw SageMakerRuntimeErrors.ValidationError($"Endpoint {endpoint} is a {kind}: {member} is required.");
    }
}
