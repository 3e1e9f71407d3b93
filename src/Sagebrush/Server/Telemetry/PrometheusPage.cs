using System.Text;

using Microsoft.AspNetCore.Http;

using Sagebrush.Services;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Server.Telemetry;

/// <summary>The program's own health for Prometheus, at <c>/metrics</c>, unsigned.</summary>
internal sealed class PrometheusPage : IPublicPage, IDisposable
{
    private const string Path = "/metrics";

    private readonly MetricTally _tally = new(GatewayTelemetry.Name);

    public bool Answers(HttpRequest request) => request.Path.Value == Path;

    public Task AnswerAsync(HttpContext http)
    {
        var body = Encoding.UTF8.GetBytes(_tally.Write());
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }

    public void Dispose() => _tally.Dispose();
}
