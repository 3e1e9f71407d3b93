using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Query;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Signing;
using Sagebrush.Wire.Xml;

namespace Sagebrush.Wire.Protocols;

/// <summary>The Query protocol: form fields in, XML out, the operation in the field <c>Action</c>.</summary>
internal sealed class QueryProtocol : Protocol
{
    private const string XmlContentType = "text/xml";

    public override SignatureErrorStyle SignatureErrors => SignatureErrorStyle.Query;

    public override string ValidationErrorCode => "ValidationError";

    public override string SerializationErrorCode => "MalformedInput";

    public override void Read(InboundCall call, IShape request) => new QueryShapeReader(Form(call)).Read(request);

    public override Task WriteAsync(InboundCall call, Handler handler, IShape response, CancellationToken cancellationToken)
    {
        var operation = call.Operation!.Name;
        var body = XmlBody.Write(xml =>
        {
            xml.WriteStartElement(operation + "Response", call.Service.XmlNamespace);
            if (handler.ResultWrapper is { } wrapper)
            {
                xml.WriteStartElement(wrapper);
                response.WriteMembers(new XmlShapeWriter(xml));
                xml.WriteEndElement();
            }

            xml.WriteStartElement("ResponseMetadata");
            xml.WriteElementString("RequestId", call.RequestId);
            xml.WriteEndElement();
            xml.WriteEndElement();
        });
        return SendAsync(call.Http.Response, XmlContentType, body, cancellationToken);
    }

    public override Task WriteErrorAsync(InboundCall call, ServiceException error, CancellationToken cancellationToken)
    {
        var response = call.Http.Response;
        PrepareError(response, error);
        response.Headers["x-amzn-RequestId"] = call.RequestId;
        var body = XmlBody.Write(xml =>
        {
            xml.WriteStartElement("ErrorResponse", call.Service.XmlNamespace);
            xml.WriteStartElement("Error");
            xml.WriteElementString("Type", error.StatusCode >= 500 ? "Receiver" : "Sender");
            xml.WriteElementString("Code", error.Code);
            xml.WriteElementString("Message", error.Message);
            xml.WriteEndElement();
            xml.WriteElementString("RequestId", call.RequestId);
            xml.WriteEndElement();
        });
        return SendAsync(response, XmlContentType, body, cancellationToken);
    }

    /// <summary>The form of a call: its body, or its query string where it has none.</summary>
    internal static FormNode Form(InboundCall call) => call.Body.IsEmpty
        ? FormNode.Parse(System.Text.Encoding.UTF8.GetBytes((call.Http.Request.QueryString.Value ?? "").TrimStart('?')))
        : FormNode.Parse(call.Body.Span);
}
