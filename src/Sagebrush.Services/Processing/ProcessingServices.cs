using Microsoft.Extensions.DependencyInjection;
using Sagebrush.State.Reconciling;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Processing;

/// <summary>Adds processing jobs to a host. They run with the parts of training.</summary>
internal static class ProcessingServices
{
    public static IServiceCollection AddProcessing(this IServiceCollection services)
    {
        services.AddSingleton<IReconciler, ProcessingReconciler>();
        services.AddSingleton<ICapability, ProcessingCapability>();
        return services;
    }
}
