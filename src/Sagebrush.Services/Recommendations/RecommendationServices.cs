using Microsoft.Extensions.DependencyInjection;
using Sagebrush.State.Reconciling;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Recommendations;

/// <summary>Adds the inference recommender to a host. It needs hosting, the stores and a clock.</summary>
internal static class RecommendationServices
{
    public static IServiceCollection AddRecommendations(this IServiceCollection services)
    {
        services.AddSingleton<BenchmarkRunner>();
        services.AddSingleton<IReconciler, RecommendationReconciler>();
        services.AddSingleton<ICapability, RecommendationCapability>();
        return services;
    }
}
