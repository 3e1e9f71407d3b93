using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Http;

namespace Sagebrush.Wire.Dispatch;

/// <summary>One request on its way in: what is known of it so far.</summary>
internal sealed class InboundCall(HttpContext http, string requestId)
{
    public HttpContext Http { get; } = http;

    public string RequestId { get; } = requestId;

    public required ServiceModel Service { get; init; }

    /// <summary>The path as it stood in the request line; with the bucket in front where the host named it.</summary>
    public required string RawPath { get; init; }

    public required QueryParameters Query { get; init; }

    public OperationInfo? Operation { get; set; }

    /// <summary>The labels of a REST path, decoded.</summary>
    public Dictionary<string, string> Labels { get; set; } = [];

    /// <summary>The body, where it is held in memory.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>The body, where it streams.</summary>
    public Stream? BodyStream { get; set; }
}
