using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sagebrush.State.Reconciling;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.AutoScaling;

/// <summary>Adds Application Auto Scaling to a host. It needs hosting, the stores and a clock.</summary>
internal static class AutoScalingServices
{
    public static IServiceCollection AddAutoScaling(this IServiceCollection services)
    {
        services.TryAddSingleton<IScalingMetrics, StoredScalingMetrics>();
        services.AddSingleton<ScalingPolicies>();
        services.AddSingleton<ScheduledActions>();
        services.AddSingleton<ScalingActivities>();
        services.AddSingleton<IReconciler, ScalingReconciler>();
        services.AddSingleton<ICapability, AutoScalingCapability>();
        return services;
    }
}
