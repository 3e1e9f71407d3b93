using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sagebrush.Compute.Capacity;
using Sagebrush.State.Reconciling;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Transform;

/// <summary>Adds batch transform to a host. It needs hosting, the stores and a clock.</summary>
internal static class TransformServices
{
    public static IServiceCollection AddTransform(this IServiceCollection services)
    {
        services.TryAddSingleton(_ => new CapacityQueue(MachineCapacity.Detect()));
        services.AddSingleton<TransformParts>();
        services.AddSingleton<IReconciler, TransformReconciler>();
        services.AddSingleton<ICapability, TransformCapability>();
        return services;
    }
}
