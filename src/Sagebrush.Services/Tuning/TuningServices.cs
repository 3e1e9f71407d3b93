using Microsoft.Extensions.DependencyInjection;
using Sagebrush.State.Reconciling;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Tuning;

/// <summary>Adds automatic model tuning to a host. It needs the stores, a clock and training.</summary>
internal static class TuningServices
{
    public static IServiceCollection AddTuning(this IServiceCollection services)
    {
        services.AddSingleton<IReconciler, TuningReconciler>();
        services.AddSingleton<ICapability, TuningCapability>();
        return services;
    }
}
