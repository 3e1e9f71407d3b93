using Sagebrush.Contracts.SageMakerRuntime;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Invocation;

/// <summary>Says why no variant answers for an endpoint: there is none, or its models are being loaded anew after a restart.</summary>
internal sealed class AbsentEndpoints(IResourceStore store)
{
    private readonly ResourceSet<EndpointDocument> _endpoints = store.For(HostingKinds.Endpoint);

    /// <summary>The refusal of a request. One that will be answered soon gets the error that clients try again after.</summary>
    public async ValueTask<ServiceException> RefusalAsync(HotCall call)
    {
        var context = call.Context;
        var key = _endpoints.Key(context.AccountId, context.Region, call.Label);
        return await _endpoints.FindAsync(key, context.Http.RequestAborted) is { } endpoint && endpoint.Document.HasBeenInService()
            ? SageMakerRuntimeErrors.ServiceUnavailable($"Endpoint {key.Name} of account {context.AccountId} is not back in service yet after a restart: its models are being loaded.")
            : NotFound(key);
    }

    /// <summary>The refusal of a request to an endpoint that is not there.</summary>
    public static ServiceException NotFound(ResourceKey key) => SageMakerRuntimeErrors.ValidationError($"Endpoint {key.Name} of account {key.Account} not found.");
}
