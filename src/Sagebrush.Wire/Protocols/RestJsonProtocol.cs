using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Json;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Wire.Protocols;

/// <summary>REST with JSON bodies: the operation in method and path, members in path, query string, headers and body.</summary>
internal sealed class RestJsonProtocol : RestProtocol
{
    private const string JsonContentType = "application/json";

    public override SignatureErrorStyle SignatureErrors => SignatureErrorStyle.RestJson;

    public override string ValidationErrorCode => "ValidationException";

    public override string SerializationErrorCode => "SerializationException";

    public override Task WriteErrorAsync(InboundCall call, ServiceException error, CancellationToken cancellationToken)
    {
        var response = call.Http.Response;
        PrepareError(response, error);
        response.Headers["x-amzn-RequestId"] = call.RequestId;
        response.Headers["x-amzn-ErrorType"] = error.Code;
        return SendAsync(response, JsonContentType, JsonProtocol.ErrorBody(error, "Message"), cancellationToken);
    }

    protected override void ReadDocument(ReadOnlyMemory<byte> body, IShape shape) => ShapeJson.Read(body, shape);

    protected override (string ContentType, byte[] Body) WriteDocument(InboundCall call, string root, IShape shape, bool bodyMembersOnly)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(512);
        using (var json = new System.Text.Json.Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            ShapeWriter writer = new JsonShapeWriter(json);
            shape.WriteMembers(bodyMembersOnly ? new FilteringShapeWriter(writer, static m => m.Location == MemberLocation.Body) : writer);
            json.WriteEndObject();
        }

        return (JsonContentType, buffer.WrittenSpan.ToArray());
    }
}
