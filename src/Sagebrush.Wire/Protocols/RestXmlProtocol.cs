using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Signing;
using Sagebrush.Wire.Xml;

namespace Sagebrush.Wire.Protocols;

/// <summary>REST with XML bodies, as S3 speaks it.</summary>
internal sealed class RestXmlProtocol(ApiMap api) : RestProtocol
{
    private const string S3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    public override SignatureErrorStyle SignatureErrors => SignatureErrorStyle.S3;

    public override string ValidationErrorCode => "InvalidArgument";

    /// <remarks>Headers and parameters are arguments; a document that is not as its schema has it is malformed. Only a document has members of members.</remarks>
    public override string ValidationErrorCodeOf(string broken)
    {
        const string Path = " at '";
        var path = broken.AsSpan(broken.IndexOf(Path, StringComparison.Ordinal) + Path.Length);
        return path.IndexOf('\'') is > 0 and var end && path[..end].Contains('.') ? "MalformedXML" : ValidationErrorCode;
    }

    public override string SerializationErrorCode => "MalformedXML";

    public override Task WriteErrorAsync(InboundCall call, ServiceException error, CancellationToken cancellationToken)
    {
        var response = call.Http.Response;
        PrepareError(response, error);
        response.Headers["x-amz-request-id"] = call.RequestId;
        if (error.StatusCode is 304 or 204 || Microsoft.AspNetCore.Http.HttpMethods.IsHead(call.Http.Request.Method))
        {
            return Task.CompletedTask;
        }

        var body = XmlBody.Write(xml =>
        {
            xml.WriteStartElement("Error");
            xml.WriteElementString("Code", error.Code);
            xml.WriteElementString("Message", error.Message);
            foreach (var (name, value) in error.Details)
            {
                xml.WriteElementString(name, value);
            }

            xml.WriteElementString("RequestId", call.RequestId);
            xml.WriteElementString("HostId", call.RequestId);
            xml.WriteEndElement();
        });
        return SendAsync(response, "application/xml", body, cancellationToken);
    }

    protected override void ReadDocument(ReadOnlyMemory<byte> body, IShape shape)
    {
        if (!body.IsEmpty)
        {
            new XmlShapeReader(XmlBody.Parse(body)).Read(shape);
        }
    }

    protected override (string ContentType, byte[] Body) WriteDocument(InboundCall call, string root, IShape shape, bool bodyMembersOnly)
    {
        var name = api.Service(call.Service).XmlRoots.GetValueOrDefault(call.Operation!.Name, root);
        var body = XmlBody.Write(xml =>
        {
            xml.WriteStartElement(name, S3Namespace);
            ShapeWriter writer = new XmlShapeWriter(xml);
            shape.WriteMembers(bodyMembersOnly ? new FilteringShapeWriter(writer, static m => m.Location == MemberLocation.Body) : writer);
            xml.WriteEndElement();
        });
        return ("application/xml", body);
    }
}
