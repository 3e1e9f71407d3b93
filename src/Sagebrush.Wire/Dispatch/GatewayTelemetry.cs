using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sagebrush.Wire.Dispatch;

/// <summary>What the gateway tells of requests: counts and durations as metrics, and a span for each when somebody traces.</summary>
public static class GatewayTelemetry
{
    /// <summary>The name of the meter and of the source of spans.</summary>
    public const string Name = "Sagebrush";

    private const string None = "unknown";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "sagebrush.requests", description: "Requests answered, by service, operation and HTTP status.");

    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>(
        "sagebrush.request.duration", "s", "Time from a request's arrival to its answer, by service and operation.");

    /// <summary>Begins a span for a request; null when nobody traces.</summary>
    internal static Activity? Begin() => Source.StartActivity("aws.request", ActivityKind.Server);

    /// <summary>Notes that a request was answered.</summary>
    internal static void End(Activity? span, string? service, string? operation, int status, string requestId, TimeSpan elapsed)
    {
        service ??= None;
        operation ??= None;
        if (Requests.Enabled)
        {
            Requests.Add(1, new("service", service), new("operation", operation), new("status", Status(status)));
            Durations.Record(elapsed.TotalSeconds, new("service", service), new KeyValuePair<string, object?>("operation", operation));
        }

        if (span is not null)
        {
            span.DisplayName = $"{service}.{operation}";
            span.SetTag("rpc.system", "aws-api").SetTag("rpc.service", service).SetTag("rpc.method", operation)
                .SetTag("http.response.status_code", status).SetTag("aws.request_id", requestId);
            span.SetStatus(status >= 500 ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
            span.Dispose();
        }
    }

    // The usual ones as constants: a tag's value is an object, and a number would be a new one for each request.
    private static string Status(int status) => status switch
    {
        200 => "200",
        204 => "204",
        206 => "206",
        304 => "304",
        400 => "400",
        403 => "403",
        404 => "404",
        409 => "409",
        424 => "424",
        500 => "500",
        _ => status.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
