using Microsoft.Extensions.DependencyInjection;
using Sagebrush.State.Reconciling;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.InferenceExperiments;

/// <summary>Adds shadow tests to a host. They need hosting, the stores and a clock.</summary>
internal static class InferenceExperimentServices
{
    public static IServiceCollection AddInferenceExperiments(this IServiceCollection services)
    {
        services.AddSingleton<IReconciler, InferenceExperimentReconciler>();
        services.AddSingleton<ICapability, InferenceExperimentCapability>();
        return services;
    }
}
