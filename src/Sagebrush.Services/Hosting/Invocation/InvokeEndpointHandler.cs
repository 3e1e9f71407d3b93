using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Sagebrush.Contracts.SageMakerRuntime;
using Sagebrush.Serving;
using Sagebrush.Serving.Routing;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.Hosting.Invocation;

/// <summary>Handles <c>InvokeEndpoint</c>: router, model, answer, all in memory.</summary>
/// <remarks>The gateway has checked the signature and bounded the body. A model in this process answers without a wait.</remarks>
internal sealed class InvokeEndpointHandler(EndpointRouter router, TimeProvider time)
{
    /// <summary>The largest request body in bytes, as at SageMaker.</summary>
    public const int LargestBody = 6 * 1024 * 1024;

    private const string TargetVariantHeader = "X-Amzn-SageMaker-Target-Variant";
    private const string CustomAttributesHeader = "X-Amzn-SageMaker-Custom-Attributes";
    private const string InferenceIdHeader = "X-Amzn-SageMaker-Inference-Id";
    private const string InvokedVariantHeader = "x-Amzn-Invoked-Production-Variant";

    private const string TargetModelHeader = "X-Amzn-SageMaker-Target-Model";
    private const string TargetContainerHeader = "X-Amzn-SageMaker-Target-Container-Hostname";
    private const string InferenceComponentHeader = "X-Amzn-SageMaker-Inference-Component";

    public ValueTask HandleAsync(HotCall call)
    {
        var http = call.Context.Http;
        var headers = http.Request.Headers;
        var lease = Acquire(call, headers);
        string? target;
        try
        {
            target = Target(lease.Server.Target, call.Label, headers);
        }
        catch
        {
            lease.Dispose();
            throw;
        }

        var output = ResponseBuffer.Rent();
        var began = time.GetTimestamp();
        ValueTask<InvocationResult> invocation;
        try
        {
            invocation = lease.Server.InvokeAsync(
                new Serving.Invocation(
                    call.Body,
                    headers.ContentType,
                    headers.Accept,
                    headers[CustomAttributesHeader],
                    headers[InferenceIdHeader],
                    target),
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

    private async ValueTask WaitAsync(
        ValueTask<InvocationResult> invocation, HotCall call, ResponseBuffer output, VariantLease lease, long began)
    {
        InvocationResult result;
        try
        {
            result = await invocation;
        }
        catch (ModelInvocationException error) when (error.Failure == InvocationFailure.NoTarget)
        {
            lease.Dispose();
            output.Dispose();
            throw SageMakerRuntimeErrors.ValidationError(error.Message);
        }
        catch (ModelInvocationException error)
        {
            var variant = lease.Variant;
            var took = time.GetElapsedTime(began);
            lease.Dispose();
            output.Dispose();
            await AnswerErrorAsync(call, error, variant.LogStreamArn);
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

    private VariantLease Acquire(in HotCall call, IHeaderDictionary headers)
    {
        var name = call.Label;
        var context = call.Context;
        var target = headers.TryGetValue(TargetVariantHeader, out var value) ? (string?)value : null;
        switch (router.TryAcquire(new EndpointKey(context.AccountId, context.Region, name), target, out var lease))
        {
            case RouteOutcome.NoEndpoint:
                throw SageMakerRuntimeErrors.ValidationError($"Endpoint {name} of account {context.AccountId} not found.");
            case RouteOutcome.NoVariant:
                throw SageMakerRuntimeErrors.ValidationError($"Variant {target} of endpoint {name} of account {context.AccountId} not found.");
        }

        return lease;
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

    private static async Task AnswerErrorAsync(HotCall call, ModelInvocationException error, string? logStream)
    {
        var context = call.Context;
        var side = error.OriginalStatusCode is >= 400 and < 500 ? "client" : "server";
        var group = $"/aws/sagemaker/Endpoints/{call.Label}";
        var body = ShapeJson.Write(new ModelError
        {
            Message =
                $"Received {side} error ({error.OriginalStatusCode}) from {error.Container ?? "primary"} with message \"{error.Message}\". See " +
                $"https://{context.Region}.console.aws.amazon.com/cloudwatch/home?region={context.Region}#logEventViewer:group={group} " +
                $"in account {context.AccountId} for more information.",
            OriginalStatusCode = error.OriginalStatusCode,
            OriginalMessage = error.Message,
            LogStreamArn = logStream,
        });
        var response = context.Http.Response;
        response.StatusCode = StatusCodes.Status424FailedDependency;
        response.Headers["x-amzn-ErrorType"] = "ModelError";
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.Http.RequestAborted);
    }
}
