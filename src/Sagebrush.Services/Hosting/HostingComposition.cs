using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sagebrush.Services.CloudWatch.Alarms;
using Sagebrush.Services.Containers;
using Sagebrush.Services.Hosting.Asynchronous;
using Sagebrush.Services.Hosting.Containers;
using Sagebrush.Services.Hosting.Deployments;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Fleets;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.Serving.Routing;
using Sagebrush.State.Reconciling;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting;

/// <summary>Adds hosting to the program.</summary>
public static class HostingComposition
{
    /// <summary>Adds hosting; <see cref="HostingOptions"/> and the stores must be there too.</summary>
    public static IServiceCollection AddHosting(this IServiceCollection services)
    {
        services.AddSingleton<EndpointRouter>();
        services.AddSingleton<ModelArtifacts>();
        services.AddContainers();
        services.AddSingleton<ContainerLoader>();
        services.AddSingleton<VariantLoader>();
        services.AddSingleton<ModelHost>();
        services.AddSingleton<AsyncMetrics>();
        services.AddSingleton<AsyncParts>();
        services.AddSingleton<AsyncQueues>();
        services.AddSingleton<AsyncTopics>();
        services.AddSingleton<InstanceLoader>();
        services.AddSingleton<EndpointFleets>();
        services.TryAddSingleton<IAlarmStates>(host => host.GetService<IAlarms>() is { } alarms ? new CloudWatchAlarmStates(alarms) : new NoAlarms());
        services.AddSingleton<FleetPlanner>();
        services.AddSingleton<EndpointCapacity>();
        services.AddSingleton<EndpointDeployments>();
        services.AddSingleton<DeploymentRules>();
        services.AddSingleton<DeploymentDriver>();
        services.AddSingleton<IReconciler, EndpointReconciler>();
        services.AddSingleton<ICapability, HostingCapability>();
        return services;
    }
}
