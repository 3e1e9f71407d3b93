using Microsoft.AspNetCore.Http;

namespace Sagebrush.Server;

/// <summary>The answer for load balancers and people who ask whether the program runs.</summary>
internal static class Health
{
    private const string Path = "/healthz";

    private static readonly byte[] Body = "{\"status\":\"ok\"}"u8.ToArray();

    /// <summary>Whether the request asks for health: unsigned, since no bucket or service has such a path.</summary>
    public static bool IsAsked(HttpRequest request) =>
        request.Path.Value == Path && HttpMethods.IsGet(request.Method) && request.Headers.Authorization.Count == 0 && !request.QueryString.HasValue;

    public static Task AnswerAsync(HttpResponse response)
    {
        response.ContentType = "application/json";
        response.ContentLength = Body.Length;
        return response.Body.WriteAsync(Body).AsTask();
    }
}
