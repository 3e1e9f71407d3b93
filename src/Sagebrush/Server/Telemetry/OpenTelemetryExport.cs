using System.Runtime.CompilerServices;

using Microsoft.Extensions.Hosting;

using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Server.Telemetry;

/// <summary>Sends metrics and spans to an OpenTelemetry collector, when the usual variables name one.</summary>
/// <remarks>Everything else about it (headers, protocol, intervals, resource attributes) is read from OpenTelemetry's own variables.</remarks>
internal sealed class OpenTelemetryExport : IHostedService
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private readonly List<IDisposable> _providers = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The libraries are loaded only when they are used: the start stays as short as it is.
        if (Environment.GetEnvironmentVariable(Endpoint) is { Length: > 0 })
        {
            Begin();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var provider in _providers)
        {
            provider.Dispose();
        }

        return Task.CompletedTask;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Begin()
    {
        var resource = ResourceBuilder.CreateDefault().AddService("sagebrush", serviceVersion: typeof(OpenTelemetryExport).Assembly.GetName().Version?.ToString(3)).AddEnvironmentVariableDetector();
        _providers.Add(Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(GatewayTelemetry.Name, "System.Runtime")
            .AddOtlpExporter()
            .Build());
        _providers.Add(Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(GatewayTelemetry.Name)
            .AddOtlpExporter()
            .Build());
    }
}
