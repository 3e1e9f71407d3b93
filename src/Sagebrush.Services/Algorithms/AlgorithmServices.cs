using Microsoft.Extensions.DependencyInjection;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Algorithms;

/// <summary>Adds algorithms to a host. It needs the resource store.</summary>
internal static class AlgorithmServices
{
    public static IServiceCollection AddAlgorithms(this IServiceCollection services) => services.AddSingleton<ICapability, AlgorithmCapability>();
}
