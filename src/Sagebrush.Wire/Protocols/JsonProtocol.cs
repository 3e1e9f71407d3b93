using System.Text.Json;

using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Json;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Wire.Protocols;

/// <summary>AWS JSON 1.0 and 1.1: everything in the body, the operation in <c>X-Amz-Target</c>.</summary>
internal sealed class JsonProtocol : Protocol
{
    public override SignatureErrorStyle SignatureErrors => SignatureErrorStyle.Json;

    public override string ValidationErrorCode => "ValidationException";

    public override string SerializationErrorCode => "SerializationException";

    public override void Read(InboundCall call, IShape request) => ShapeJson.Read(call.Body, request);

    public override Task WriteAsync(InboundCall call, Handler handler, IShape response, CancellationToken cancellationToken)
    {
        // An operation without output answers with no body at all.
        var body = response is EmptyShape ? [] : ShapeJson.Write(response);
        return SendAsync(call.Http.Response, ContentType(call), body, cancellationToken);
    }

    public override Task WriteErrorAsync(InboundCall call, ServiceException error, CancellationToken cancellationToken)
    {
        var response = call.Http.Response;
        PrepareError(response, error);
        response.Headers["x-amzn-RequestId"] = call.RequestId;
        response.Headers["x-amzn-ErrorType"] = error.Code;
        AddQueryError(call, error);
        return SendAsync(response, ContentType(call), ErrorBody(error, "message"), cancellationToken);
    }

    internal static byte[] ErrorBody(ServiceException error, string messageName)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("__type", error.Code);
            json.WriteString(messageName, error.Message);
            foreach (var (name, value) in error.Details)
            {
                json.WriteString(name, value);
            }

            WriteMembers(error, new JsonShapeWriter(json));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string ContentType(InboundCall call) => $"application/x-amz-json-{call.Service.JsonVersion}";
}
