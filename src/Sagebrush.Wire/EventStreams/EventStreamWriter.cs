using System.IO.Pipelines;

using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Json;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.EventStreams;

/// <summary>Answers a request with a stream of events. What is written leaves at once.</summary>
/// <remarks>
/// One thread at a time. Start it when nothing can be refused any more: from then on errors travel as messages of the stream.
/// </remarks>
public sealed class EventStreamWriter
{
    private const string Json = "application/json";

    private readonly PipeWriter _output;

    private EventStreamWriter(PipeWriter output) => _output = output;

    /// <summary>Begins the answer: sets status and content type and sends the headers.</summary>
    public static async Task<EventStreamWriter> StartAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = EventStreamMessage.ContentType;
        await response.StartAsync(cancellationToken);
        return new EventStreamWriter(response.BodyWriter);
    }

    /// <summary>Writes an event whose payload is bytes, such as a <c>PayloadPart</c>.</summary>
    /// <param name="eventType">The event's member of the stream's structure in the model.</param>
    /// <param name="payload">At most <see cref="EventStreamMessage.LongestPayload"/> bytes.</param>
    /// <param name="contentType">The payload's content type; bytes of no special kind unless told.</param>
    /// <param name="cancellationToken">Signalled when the client is gone.</param>
    public Task WriteAsync(
        string eventType, ReadOnlyMemory<byte> payload, string contentType = "application/octet-stream", CancellationToken cancellationToken = default) =>
        SendAsync([(":event-type", eventType), (":content-type", contentType), (":message-type", "event")], payload, cancellationToken);

    /// <summary>Writes an event whose payload is a structure in JSON.</summary>
    public Task WriteAsync(string eventType, IShape payload, CancellationToken cancellationToken) =>
        WriteAsync(eventType, ShapeJson.Write(payload), Json, cancellationToken);

    /// <summary>Writes the first message of services that speak AWS JSON: the answer's members outside of the stream.</summary>
    public Task WriteInitialResponseAsync(IShape response, CancellationToken cancellationToken) =>
        WriteAsync("initial-response", response, cancellationToken);

    /// <summary>Writes an error that the model declares for the stream; nothing may follow it.</summary>
    /// <param name="exceptionType">The error's member of the stream's structure in the model, such as <c>ModelStreamError</c>.</param>
    /// <param name="exception">Its members.</param>
    /// <param name="cancellationToken">Signalled when the client is gone.</param>
    public Task WriteExceptionAsync(string exceptionType, IShape exception, CancellationToken cancellationToken) => SendAsync(
        [(":exception-type", exceptionType), (":content-type", Json), (":message-type", "exception")],
        ShapeJson.Write(exception),
        cancellationToken);

    /// <summary>Writes an error that no model declares; nothing may follow it.</summary>
    public Task WriteErrorAsync(string code, string message, CancellationToken cancellationToken) => SendAsync(
        [(":error-code", code), (":error-message", message), (":message-type", "error")],
        ReadOnlyMemory<byte>.Empty,
        cancellationToken);

    private async Task SendAsync((string, string)[] headers, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        EventStreamMessage.Write(_output, headers, payload.Span);
        await _output.FlushAsync(cancellationToken);
    }
}
