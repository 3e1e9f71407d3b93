using Sagebrush.Contracts.SageMakerRuntime;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Invocation;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Asynchronous;

/// <summary>Implements <c>InvokeEndpointAsync</c>: stores the request and says where its result will be.</summary>
internal sealed class InvokeEndpointAsyncOperation(IResourceStore store, AsyncQueues queues, TimeProvider clock)
    : IOperation<InvokeEndpointAsyncInput, InvokeEndpointAsyncOutput>
{
    /// <summary>The largest request body in bytes, as at SageMaker: 1 GB.</summary>
    public const int LargestBody = 1 << 30;

    /// <summary>The longest a model may take.</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    private static readonly TimeSpan DefaultTimeToLive = TimeSpan.FromHours(6);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(15);

    private readonly ResourceSet<EndpointDocument> _endpoints = store.For(HostingKinds.Endpoint);
    private readonly ResourceSet<AsyncInvocation> _invocations = store.For(HostingKinds.AsyncInvocation);

    public async ValueTask<InvokeEndpointAsyncOutput> InvokeAsync(
        InvokeEndpointAsyncInput request, CallContext context, CancellationToken cancellationToken)
    {
        var key = _endpoints.Key(context.AccountId, context.Region, request.EndpointName);
        var endpoint = await FindAsync(key, cancellationToken);
        if (endpoint.Document.Fleet.Async is not { OutputConfig: var output })
        {
            throw SageMakerRuntimeErrors.ValidationError(
                $"Endpoint {key.Name} of account {context.AccountId} is not an asynchronous endpoint: its configuration has no AsyncInferenceConfig. Use InvokeEndpoint.");
        }

        if (!S3Location.TryParse(request.InputLocation, out var input) || input.Key.Length == 0)
        {
            throw SageMakerRuntimeErrors.ValidationError($"InputLocation: '{request.InputLocation}' names no object in S3, as s3://bucket/key does.");
        }

        var id = Guid.CreateVersion7().ToString();
        var now = clock.GetUtcNow();
        var invocation = new AsyncInvocation
        {
            Queue = AsyncInvocation.QueueOf(endpoint.Arn, endpoint.Created),
            InferenceId = request.InferenceId ?? id,
            InputLocation = request.InputLocation,
            ContentType = request.ContentType,
            Accept = request.Accept,
            CustomAttributes = request.CustomAttributes,
            OutputLocation = Place(output.S3OutputPath, request.S3OutputPathExtension, request.Filename ?? $"{id}.out"),
            FailureLocation = Place(output.S3FailurePath, null, $"{id}-error.out"),
            Received = now,
            Expires = now + (request.RequestTTLSeconds is { } ttl ? TimeSpan.FromSeconds(ttl) : DefaultTimeToLive),
            Timeout = request.InvocationTimeoutSeconds is { } timeout ? TimeSpan.FromSeconds(timeout) : DefaultTimeout,
        };
        var stored = await _invocations.TryAddAsync(
            _invocations.Key(context.AccountId, context.Region, id), $"{endpoint.Arn}/async-invocation/{id}", invocation, null, cancellationToken)
            ?? throw new InvalidOperationException($"The identifier {id} is taken.");

        // Deleted meanwhile: whoever deleted it may not have seen this request.
        if (await _endpoints.FindAsync(key, cancellationToken) is null)
        {
            await _invocations.DeleteAsync(stored.Key, null, cancellationToken);
            throw AbsentEndpoints.NotFound(key);
        }

        queues.Offer(key, new AsyncEntry(stored.Key, invocation.Received, invocation.Expires));
        return new InvokeEndpointAsyncOutput
        {
            InferenceId = invocation.InferenceId,
            OutputLocation = invocation.OutputLocation,
            FailureLocation = invocation.FailureLocation,
        };
    }

    private static string? Place(string? path, string? extension, string name) => path is null ? null
        : extension is null ? S3Location.Parse(path).Below(name).ToString()
        : S3Location.Parse(path).Below(extension.Trim('/')).Below(name).ToString();

    private async ValueTask<Stored<EndpointDocument>> FindAsync(ResourceKey key, CancellationToken cancellationToken) =>
        await _endpoints.FindAsync(key, cancellationToken) is { } endpoint && endpoint.Document.HasBeenInService()
            ? endpoint
            : throw AbsentEndpoints.NotFound(key);
}
