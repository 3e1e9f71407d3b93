using Microsoft.AspNetCore.Http;

namespace Sagebrush.Wire.Dispatch;

/// <summary>Handles requests of another protocol than AWS's, which share the port: callers, errors and bodies are its own affair.</summary>
/// <param name="http">The HTTP exchange to answer on.</param>
/// <param name="path">The path as it crossed the wire.</param>
/// <param name="cancellationToken">Signalled when the client is gone.</param>
public delegate Task PathHandler(HttpContext http, string path, CancellationToken cancellationToken);
