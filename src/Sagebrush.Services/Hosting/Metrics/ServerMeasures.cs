using Sagebrush.Compute.Execution;
using Sagebrush.Services.Hosting.Containers;
using Sagebrush.Serving;
using Sagebrush.Serving.Composite;

namespace Sagebrush.Services.Hosting.Metrics;

/// <summary>What can be measured of a model server.</summary>
internal static class ServerMeasures
{
    /// <summary>The models that come and go behind a server; null when it has one set for good.</summary>
    public static MultiModelServer? ModelsOf(IModelServer server) => server switch
    {
        MultiModelServer models => models,
        ContainerMultiModelServer container => container.Models,
        _ => null,
    };

    /// <summary>What a server has used so far: its processes, or this one when its models are within it. Null for containers on another machine.</summary>
    public static ProcessUsage? UsageOf(IModelServer server)
    {
        var processes = server.Processes;
        return processes.Count > 0 ? ProcessUsage.Of(processes)
            : server is ContainerModelServer or ContainerMultiModelServer ? null
            : ProcessUsage.Of([Environment.ProcessId]);
    }
}
