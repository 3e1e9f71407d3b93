using System.Formats.Cbor;

using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Cbor;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Wire.Protocols;

/// <summary>Smithy's RPC v2 with CBOR: everything in the body, service and operation in the path.</summary>
internal sealed class CborProtocol : Protocol
{
    /// <summary>The protocol's name in the models.</summary>
    public const string Name = "smithy-rpc-v2-cbor";

    private const string ContentType = "application/cbor";

    private const string ProtocolHeader = "smithy-protocol";

    private const string ProtocolHeaderValue = "rpc-v2-cbor";

    public override SignatureErrorStyle SignatureErrors => SignatureErrorStyle.Json;

    public override string ValidationErrorCode => "ValidationException";

    public override string SerializationErrorCode => "SerializationException";

    /// <summary>Whether a request is in this protocol.</summary>
    public static bool IsSpoken(HttpRequest request) => request.Headers[ProtocolHeader] == ProtocolHeaderValue;

    /// <summary>The service and the operation that <c>/service/SERVICE/operation/OPERATION</c> names, or null.</summary>
    public static (string Service, string Operation)? Target(string path)
    {
        var segments = path.Split('/');
        return segments is [.., "service", var service, "operation", var operation] ? (service, operation) : null;
    }

    public override void Read(InboundCall call, IShape request) => ShapeCbor.Read(call.Body, request);

    public override Task WriteAsync(InboundCall call, Handler handler, IShape response, CancellationToken cancellationToken)
    {
        var http = call.Http.Response;
        http.Headers[ProtocolHeader] = ProtocolHeaderValue;
        if (response is EmptyShape)
        {
            http.ContentLength = 0;
            return Task.CompletedTask;
        }

        return SendAsync(http, ContentType, ShapeCbor.Write(response), cancellationToken);
    }

    public override Task WriteErrorAsync(InboundCall call, ServiceException error, CancellationToken cancellationToken)
    {
        var response = call.Http.Response;
        PrepareError(response, error);
        response.Headers["x-amzn-RequestId"] = call.RequestId;
        response.Headers[ProtocolHeader] = ProtocolHeaderValue;
        AddQueryError(call, error);
        var cbor = new CborWriter(CborConformanceMode.Lax);
        cbor.WriteStartMap(null);
        Write("__type", error.Code);
        Write("message", error.Message);
        foreach (var (name, value) in error.Details)
        {
            Write(name, value);
        }

        WriteMembers(error, new CborShapeWriter(cbor));
        cbor.WriteEndMap();
        return SendAsync(response, ContentType, cbor.Encode(), cancellationToken);

        void Write(string name, string value)
        {
            cbor.WriteTextString(name);
            cbor.WriteTextString(value);
        }
    }
}
