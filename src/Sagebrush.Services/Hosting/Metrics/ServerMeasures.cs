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

    /// <summary>What a server has used so far: its processes, or this one when its models are within it. Null for containers, whose engine counts for itself.</summary>
    public static ProcessUsage? UsageOf(IModelServer server)
    {
        if (server is ContainerModelServer or ContainerMultiModelServer)
        {
            return null;
        }

        var processes = server.Processes;
        return ProcessUsage.Of(processes.Count > 0 ? processes : [Environment.ProcessId]);
    }
}
