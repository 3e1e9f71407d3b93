using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Http;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Protocols;

/// <summary>What REST-JSON and REST-XML share: members bound to path, query string and headers, and payload bodies.</summary>
internal abstract class RestProtocol : Protocol
{
    public override void Read(InboundCall call, IShape request)
    {
        HttpBindingReader.Read(request, call.Labels, call.Query, call.Http.Request.Headers);
        var schema = request.Schema;
        if (schema.PayloadMember is not { } payload)
        {
            ReadDocument(call.Body, request);
            return;
        }

        var index = schema.Members.IndexOf(payload);
        switch (payload.Type)
        {
            case ShapeType.Blob when payload.Streaming:
                request.ReadMember(index, new PayloadReader(call.BodyStream ?? Stream.Null));
                break;
            case ShapeType.Blob or ShapeType.String:
                request.ReadMember(index, new PayloadReader(call.Body));
                break;
            case ShapeType.Structure when !call.Body.IsEmpty:
                request.ReadMember(index, new PayloadReader(shape => ReadDocument(call.Body, shape)));
                break;
        }
    }

    public override async Task WriteAsync(InboundCall call, Handler handler, IShape response, CancellationToken cancellationToken)
    {
        var http = call.Http.Response;
        if (http.StatusCode == StatusCodes.Status200OK)
        {
            http.StatusCode = call.Operation!.StatusCode;
        }

        var schema = response.Schema;
        var binding = new HttpBindingWriter(http);
        response.WriteMembers(new FilteringShapeWriter(binding, m => m.Location != MemberLocation.Body || m.Name == schema.Payload));
        if (binding.PayloadStream is { } stream)
        {
            await SendStreamAsync(http, stream, cancellationToken);
        }
        else if (binding.PayloadBytes is { } bytes)
        {
            await SendAsync(http, "application/octet-stream", bytes, cancellationToken);
        }
        else if (binding.PayloadShape is { } payload)
        {
            var (contentType, body) = WriteDocument(call, payload.Member.WireName, payload.Shape, bodyMembersOnly: false);
            await SendAsync(http, contentType, body, cancellationToken);
        }
        else if (schema.Payload is null && HasBodyMembers(schema))
        {
            var (contentType, body) = WriteDocument(call, schema.Name, response, bodyMembersOnly: true);
            await SendAsync(http, contentType, body, cancellationToken);
        }
        else if (http.StatusCode != StatusCodes.Status204NoContent && !HttpMethods.IsHead(call.Http.Request.Method))
        {
            http.ContentLength = 0;
        }
    }

    /// <summary>Reads a body into a shape; an empty one leaves it as it is.</summary>
    protected abstract void ReadDocument(ReadOnlyMemory<byte> body, IShape shape);

    /// <summary>Writes a shape as a body.</summary>
    protected abstract (string ContentType, byte[] Body) WriteDocument(InboundCall call, string root, IShape shape, bool bodyMembersOnly);

    private static bool HasBodyMembers(StructureSchema schema)
    {
        foreach (var member in schema.Members)
        {
            if (member.Location == MemberLocation.Body)
            {
                return true;
            }
        }

        return false;
    }

    private static async Task SendStreamAsync(HttpResponse response, Stream stream, CancellationToken cancellationToken)
    {
        await using (stream)
        {
            if (stream is IResponseBody body)
            {
                await body.WriteToAsync(response, cancellationToken);
            }
            else
            {
                await stream.CopyToAsync(response.Body, cancellationToken);
            }
        }
    }
}
