using Sagebrush.Compute.Capacity;
using Sagebrush.Services.CloudWatch.Utilization;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Serving;
using Sagebrush.Serving.Routing;
using Sagebrush.State.Metrics;

namespace Sagebrush.Services.Hosting.Metrics;

/// <summary>Publishes how much a variant's instances work, in the namespace <c>/aws/sagemaker/Endpoints</c>.</summary>
/// <remarks>
/// The processes behind a model are measured. A model within this process has none: then it is this process that is
/// measured, all of whose models share it.
/// </remarks>
internal sealed class EndpointMeter : IDisposable
{
    private const string Namespace = "/aws/sagemaker/Endpoints";

    private readonly UtilizationMeter _meter;
    private readonly IDisposable? _models;

    /// <summary>Begins to publish.</summary>
    public EndpointMeter(IMetricPublisher publisher, EndpointKey endpoint, VariantPlan variant, IModelServer server, TimeProvider time)
    {
        var memory = InstanceCatalogue.TryGet(variant.Variant.InstanceType ?? "", out var type)
            ? type.Resources().MemoryBytes
            : MachineCapacity.Detect().MemoryBytes;
        var subject = new UtilizationSubject(
            endpoint.AccountId,
            endpoint.Region,
            Namespace,
            MetricDimensions.Of(("EndpointName", endpoint.Name), ("VariantName", variant.Name)),
            memory,
            () => ServerMeasures.UsageOf(server));
        _meter = new UtilizationMeter(publisher, time, subject);
        if (ServerMeasures.ModelsOf(server) is { } models)
        {
            _models = publisher.AddSource(moment =>
                publisher.Publish(subject.Key("LoadedModelCount"), models.Loaded.Count, MetricUnits.None, moment));
        }
    }

    /// <summary>Ends.</summary>
    public void Dispose()
    {
        _models?.Dispose();
        _meter.Dispose();
    }
}
