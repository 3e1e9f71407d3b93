using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Http;

namespace Sagebrush.Wire.Dispatch;

/// <summary>Reads the service out of a signature's credential scope, before anything of it is believed.</summary>
internal static class CredentialScope
{
    /// <summary>The service that <c>KEY/DATE/REGION/SERVICE/aws4_request</c> names, or null for a request without one.</summary>
    public static string? Service(HttpRequest request, QueryParameters query)
    {
        var header = request.Headers.Authorization.ToString();
        const string Marker = "Credential=";
        var at = header.IndexOf(Marker, StringComparison.Ordinal);
        var credential = at >= 0 ? header[(at + Marker.Length)..].Split(',', ' ')[0] : query["X-Amz-Credential"];
        var parts = credential?.Split('/');

        // The access key itself may hold no slash, but count from the end to be safe.
        return parts is { Length: >= 5 } ? parts[^2] : null;
    }
}
