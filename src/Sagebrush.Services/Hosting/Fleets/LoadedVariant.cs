using Sagebrush.Services.Hosting.Capture;
using Sagebrush.Services.Hosting.Metrics;
using Sagebrush.Serving.Routing;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>A variant in memory.</summary>
internal sealed record LoadedVariant(string Name, ServedModel Model, EndpointLog Log, VariantCapture? Capture, VariantMetrics Metrics, EndpointMeter Meter);
