using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Sagebrush.Serving;
using Sagebrush.Serving.Routing;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Invocation;

/// <summary>Handles <c>InvokeEndpoint</c>: router, model, answer, all in memory.</summary>
/// <remarks>The gateway has checked the signature and bounded the body. A model in this process answers without a wait.</remarks>
internal sealed class InvokeEndpointHandler(EndpointRouter router, AbsentEndpoints absent, TimeProvider time)
{
    /// <summary>The largest request body in bytes, as at SageMaker.</summary>
    public const int LargestBody = 6 * 1024 * 1024;

    internal const string CustomAttributesHeader = "X-Amzn-SageMaker-Custom-Attributes";
    internal const string InferenceIdHeader = "X-Amzn-SageMaker-Inference-Id";
    internal const string InvokedVariantHeader = "x-Amzn-Invoked-Production-Variant";

    public ValueTask HandleAsync(HotCall call)
    {
        var http = call.Context.Http;
        var headers = http.Request.Headers;
        if (!InvocationTargets.TryAcquire(router, call, headers, out var lease, out var target))
        {
            return RefuseAsync(call);
        }

        var request = new Serving.Invocation(
            call.Body,
            headers.ContentType,
            headers.Accept,
            headers[CustomAttributesHeader],
            headers[InferenceIdHeader],
            target)
        {
            EnableExplanations = lease.Variant.Explainer is null ? null : (string?)headers[InvocationTargets.EnableExplanationsHeader],
        };
        lease.Variant.Shadow?.Offer(request);
        var output = ResponseBuffer.Rent();
        var began = time.GetTimestamp();
        ValueTask<InvocationResult> invocation;
        try
        {
            invocation = lease.Variant.Explainer is { } explainer
                ? explainer.ExplainAsync(lease.Server, request, output, http.RequestAborted)
                : lease.Server.InvokeAsync(
                    request,
                    output,
                    lease.Server.IsImmediate ? CancellationToken.None : http.RequestAborted);
        }
        catch
        {
            output.Dispose();
            lease.Dispose();
            throw;
        }

        return invocation.IsCompletedSuccessfully
            ? AnswerAsync(call, invocation.Result, output, lease, began)
            : WaitAsync(invocation, call, output, lease, began);
    }

    private async ValueTask RefuseAsync(HotCall call) => throw await absent.RefusalAsync(call);

    private async ValueTask WaitAsync(
        ValueTask<InvocationResult> invocation, HotCall call, ResponseBuffer output, VariantLease lease, long began)
    {
        InvocationResult result;
        try
        {
            result = await invocation;
        }
        catch (ModelInvocationException error) when (ModelErrors.Refusal(error, call.Label) is { } refusal)
        {
            lease.Dispose();
            output.Dispose();
            throw refusal;
        }
        catch (ModelInvocationException error)
        {
            var variant = lease.Variant;
            var took = time.GetElapsedTime(began);
            var stream = lease.LogStreamArn;
            lease.Dispose();
            output.Dispose();
            await ModelErrors.AnswerAsync(call, error, stream);
            variant.Metrics?.Record(error.OriginalStatusCode, took, time.GetElapsedTime(call.Started) - took);
            return;
        }
        catch
        {
            lease.Dispose();

            // A call that was given up may still write: its buffer is not used again.
            throw;
        }

        await AnswerAsync(call, result, output, lease, began);
    }

    /// <summary>Writes the answer. The model is done with: it is let go before the client takes its time.</summary>
    private ValueTask AnswerAsync(in HotCall call, InvocationResult result, ResponseBuffer output, VariantLease lease, long began)
    {
        var took = time.GetElapsedTime(began);
        if (lease.Variant.Capture is { } capture && capture.Samples())
        {
            var request = call.Context.Http.Request.Headers;
            capture.Record(
                new CapturedRequest(request.ContentType, request[CustomAttributesHeader], request[InferenceIdHeader]), call.Body, result, output.Written.Span);
        }

        var response = call.Context.Http.Response;
        var headers = response.Headers;
        var variant = lease.Variant;
        headers[InvokedVariantHeader] = variant.Name;
        lease.Dispose();
        headers.ContentType = result.ContentType;
        headers.ContentLength = output.Written.Length;
        if (result.CustomAttributes is { } attributes)
        {
            headers[CustomAttributesHeader] = attributes;
        }

        var writing = response.BodyWriter.WriteAsync(output.Written);
        variant.Metrics?.Record(StatusCodes.Status200OK, took, time.GetElapsedTime(call.Started) - took);
        if (!writing.IsCompletedSuccessfully)
        {
            return FinishAsync(writing, output);
        }

        _ = writing.Result;
        output.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async ValueTask FinishAsync(ValueTask<FlushResult> writing, ResponseBuffer output)
    {
        await writing;
        output.Dispose();
    }
}
