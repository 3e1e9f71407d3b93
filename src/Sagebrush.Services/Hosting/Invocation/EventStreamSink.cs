using Microsoft.AspNetCore.Http;
using Sagebrush.Serving;
using Sagebrush.Serving.Streaming;
using Sagebrush.Wire.EventStreams;
using Sagebrush.Wire.Json;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Hosting.Invocation;

/// <summary>Passes a model's parts to the client as events, at the client's pace.</summary>
internal sealed class EventStreamSink(HttpResponse response, string variant) : IResponseSink
{
    private const int LargestPart = 64 * 1024;

    /// <summary>Whether the status and the headers are out.</summary>
    public bool HasBegun { get; private set; }

    public void Begin(in InvocationResult result)
    {
        HasBegun = true;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = EventStreamMessage.ContentType;
        response.Headers["X-Amzn-SageMaker-Content-Type"] = result.ContentType;
        response.Headers[InvokeEndpointHandler.InvokedVariantHeader] = variant;
        if (result.CustomAttributes is { } attributes)
        {
            response.Headers[InvokeEndpointHandler.CustomAttributesHeader] = attributes;
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> part, CancellationToken cancellationToken)
    {
        while (!part.IsEmpty)
        {
            var size = Math.Min(part.Length, LargestPart);
            EventStreamMessage.Write(
                response.BodyWriter,
                [(":event-type", "PayloadPart"), (":content-type", "application/octet-stream"), (":message-type", "event")],
                part.Span[..size]);
            part = part[size..];
            var flush = await response.BodyWriter.FlushAsync(cancellationToken);
            if (flush.IsCompleted || flush.IsCanceled)
            {
                throw new OperationCanceledException("The client is gone.");
            }
        }
    }

    /// <summary>Ends the stream with an error, one of its exceptions.</summary>
    public async ValueTask FailAsync(string exceptionType, IShape error, CancellationToken cancellationToken)
    {
        EventStreamMessage.Write(
            response.BodyWriter,
            [(":exception-type", exceptionType), (":content-type", "application/json"), (":message-type", "exception")],
            ShapeJson.Write(error));
        await response.BodyWriter.FlushAsync(cancellationToken);
    }
}
