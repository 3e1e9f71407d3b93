using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sagebrush.Contracts.SageMakerRuntime;
using Sagebrush.Serving;
using Sagebrush.Serving.Routing;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Invocation;

/// <summary>Handles <c>InvokeEndpointWithResponseStream</c>: the model's answer leaves part by part, as it is made.</summary>
/// <remarks>The model waits for a client that reads slowly. It is told to stop when the client is gone.</remarks>
internal sealed partial class InvokeEndpointStreamHandler(EndpointRouter router, AbsentEndpoints absent, TimeProvider time, ILogger<InvokeEndpointStreamHandler> logger)
{
    private const string AcceptHeader = "X-Amzn-SageMaker-Accept";

    public async ValueTask HandleAsync(HotCall call)
    {
        var http = call.Context.Http;
        var headers = http.Request.Headers;
        if (!InvocationTargets.TryAcquire(router, call, headers, out var lease, out var target))
        {
            throw await absent.RefusalAsync(call);
        }

        using var held = lease;
        if (lease.Variant.Explainer is not null)
        {
            throw SageMakerRuntimeErrors.ValidationError($"Endpoint {call.Label} has an explainer, whose answers come in one piece. Use InvokeEndpoint.");
        }

        var sink = new EventStreamSink(http.Response, lease.Variant.Name);
        var began = time.GetTimestamp();
        try
        {
            await lease.Server.InvokeStreamAsync(
                new Serving.Invocation(
                    call.Body,
                    headers.ContentType,
                    headers[AcceptHeader],
                    headers[InvokeEndpointHandler.CustomAttributesHeader],
                    headers[InvokeEndpointHandler.InferenceIdHeader],
                    target),
                sink,
                http.RequestAborted);
            Record(call, lease, StatusCodes.Status200OK, began);
        }
        catch (ModelInvocationException error) when (sink.HasBegun)
        {
            Record(call, lease, error.OriginalStatusCode, began);
            await sink.FailAsync(
                "ModelStreamError",
                new ModelStreamError
                {
                    Message = ModelErrors.Message(call.Context.AccountId, call.Context.Region, call.Label, error),
                    ErrorCode = error.Failure == InvocationFailure.TimedOut ? "ModelInvocationTimeExceeded" : "StreamBroken",
                },
                http.RequestAborted);
        }
        catch (ModelInvocationException error) when (ModelErrors.Refusal(error, call.Label) is { } refusal)
        {
            throw refusal;
        }
        catch (ModelInvocationException error)
        {
            Record(call, lease, error.OriginalStatusCode, began);
            await ModelErrors.AnswerAsync(call, error, lease.LogStreamArn);
        }
        catch (OperationCanceledException) when (sink.HasBegun)
        {
            // The client is gone, and with it whoever could be told.
        }
#pragma warning disable CA1031 // Half an answer is out: what is left is to end it as the stream's own errors do.
        catch (Exception error) when (sink.HasBegun && !http.RequestAborted.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFault(error, call.Label);
            await sink.FailAsync("InternalStreamFailure", new InternalStreamFailure { Message = "The stream ended by an internal error." }, http.RequestAborted);
        }
    }

    /// <summary>Notes the request for the metrics: the model's time is that of its whole answer.</summary>
    private void Record(in HotCall call, in VariantLease lease, int status, long began)
    {
        if (lease.Variant.Metrics is { } metrics)
        {
            var took = time.GetElapsedTime(began);
            metrics.Record(status, took, time.GetElapsedTime(call.Started) - took);
        }
    }

    [LoggerMessage(EventId = 3061, Level = LogLevel.Error, Message = "The stream of an answer of endpoint {Endpoint} met a fault of ours")]
    private partial void LogFault(Exception exception, string endpoint);
}
