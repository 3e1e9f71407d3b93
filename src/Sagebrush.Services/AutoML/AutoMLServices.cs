using Microsoft.Extensions.DependencyInjection;
using Sagebrush.State.Reconciling;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.AutoML;

/// <summary>Adds AutoML jobs to a host. They search by training jobs, and deploy by hosting.</summary>
internal static class AutoMLServices
{
    public static IServiceCollection AddAutoML(this IServiceCollection services)
    {
        services.AddSingleton<IReconciler, AutoMLReconciler>();
        services.AddSingleton<ICapability, AutoMLCapability>();
        return services;
    }
}
