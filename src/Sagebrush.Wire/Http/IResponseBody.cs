using Microsoft.AspNetCore.Http;

namespace Sagebrush.Wire.Http;

/// <summary>A payload stream that knows a faster way to the client than being copied, such as handing over a file.</summary>
public interface IResponseBody
{
    /// <summary>Writes the whole payload; headers and status are set already.</summary>
    Task WriteToAsync(HttpResponse response, CancellationToken cancellationToken);
}
