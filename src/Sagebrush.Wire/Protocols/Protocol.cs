using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Wire.Protocols;

/// <summary>One of AWS's wire protocols: how requests become shapes, and shapes and errors become responses.</summary>
internal abstract class Protocol
{
    /// <summary>How the protocol's services word a refused signature.</summary>
    public abstract SignatureErrorStyle SignatureErrors { get; }

    /// <summary>The code of a request that breaks the model's constraints, unless the service has its own.</summary>
    public abstract string ValidationErrorCode { get; }

    /// <summary>The code of a request that breaks the model's constraints in the way a text says.</summary>
    public virtual string ValidationErrorCodeOf(string broken) => ValidationErrorCode;

    /// <summary>The code of a request that cannot be read.</summary>
    public abstract string SerializationErrorCode { get; }

    /// <summary>Fills <paramref name="request"/> from what the client sent.</summary>
    /// <exception cref="SerializationException">It cannot be read.</exception>
    public abstract void Read(InboundCall call, IShape request);

    /// <summary>Writes a success.</summary>
    public abstract Task WriteAsync(InboundCall call, Handler handler, IShape response, CancellationToken cancellationToken);

    /// <summary>Writes an error.</summary>
    public abstract Task WriteErrorAsync(InboundCall call, ServiceException error, CancellationToken cancellationToken);

    /// <summary>Sends a body that is held in memory.</summary>
    protected static async Task SendAsync(HttpResponse response, string contentType, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        response.ContentType ??= contentType;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, cancellationToken);
    }

    /// <summary>Repeats the error's code in the form of the Query protocol, where the service's clients may have been made for that one.</summary>
    protected static void AddQueryError(InboundCall call, ServiceException error)
    {
        if (call.Service.IsQueryCompatible)
        {
            call.Http.Response.Headers["x-amzn-query-error"] = $"{error.Code};{(error.StatusCode >= 500 ? "Receiver" : "Sender")}";
        }
    }

    /// <summary>Hands the members of the error's own structure, but for its message, to <paramref name="writer"/>.</summary>
    protected static void WriteMembers(ServiceException error, ShapeWriter writer) => error.Members?.WriteMembers(new FilteringShapeWriter(
        writer,
        static m => m.Location == MemberLocation.Body && !m.Name.Equals("message", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Sets the status and headers of an error.</summary>
    protected static void PrepareError(HttpResponse response, ServiceException error)
    {
        response.Clear();
        response.StatusCode = error.StatusCode;
        if (response.HttpContext.Request.Headers.Expect.Count > 0)
        {
            // A client that waits to be told to go on keeps its body to itself after an error, and what it sends next on this
            // connection would be read as that body (seen with botocore).
            response.Headers.Connection = "close";
        }

        foreach (var (name, value) in error.Headers ?? new Dictionary<string, string>(0))
        {
            response.Headers[name] = value;
        }
    }
}
