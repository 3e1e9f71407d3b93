using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Http;

namespace Sagebrush.Wire.Dispatch;

/// <summary>A request as it stands before anything of it is believed.</summary>
/// <param name="Http">The HTTP exchange to answer on.</param>
/// <param name="RawPath">The path as it crossed the wire; with the bucket in front where the host named it.</param>
/// <param name="Query">The query string.</param>
/// <param name="RequestId">The request's identifier.</param>
public sealed record FrontCall(HttpContext Http, string RawPath, QueryParameters Query, string RequestId);
