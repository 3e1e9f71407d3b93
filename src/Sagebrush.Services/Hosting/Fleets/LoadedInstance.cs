using Sagebrush.Services.Hosting.Metrics;
using Sagebrush.Serving.Routing;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>An instance of a variant in memory: its model, and its log stream.</summary>
internal sealed class LoadedInstance(string id, ServedModel model, EndpointLog log, EndpointMeter meter)
{
    public string Id { get; } = id;

    public ServedModel Model { get; } = model;

    public EndpointLog Log { get; } = log;

    /// <summary>Health checks it has failed in a row.</summary>
    public int FailedChecks { get; set; }

    /// <summary>Waits for requests in flight, then ends the model and its log.</summary>
    public async Task RetireAsync()
    {
        await Model.RetireAsync();
        meter.Dispose();
        await Log.DisposeAsync();
    }
}
