using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sagebrush.Compute.Containers;
using Sagebrush.Services.Ecr;

namespace Sagebrush.Services.Containers;

/// <summary>Adds what runs images to a host. It needs a clock, and takes <see cref="ContainerOptions"/> where they are there.</summary>
internal static class ContainerServices
{
    public static IServiceCollection AddContainers(this IServiceCollection services)
    {
        services.TryAddSingleton(static services => new ContainerEngine(services.GetService<ContainerOptions>() ?? new ContainerOptions()));
        services.TryAddSingleton(static services => new ImageSupply(
            services.GetRequiredService<ContainerEngine>(), services.GetRequiredService<TimeProvider>(), services.GetService<IImageRegistry>()));
        services.TryAddSingleton(static services => new ContainerExecutor(services.GetRequiredService<ContainerEngine>(), services.GetRequiredService<TimeProvider>()));
        services.AddHostedService<ContainerSweep>();
        return services;
    }
}
