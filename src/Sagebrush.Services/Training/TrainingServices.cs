using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sagebrush.Compute.Capacity;
using Sagebrush.Compute.Containers;
using Sagebrush.Compute.Execution;
using Sagebrush.Services.Containers;
using Sagebrush.State.Reconciling;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Training;

/// <summary>Adds training to a host. It needs the stores, a clock and <see cref="TrainingOptions"/>.</summary>
internal static class TrainingServices
{
    public static IServiceCollection AddTraining(this IServiceCollection services)
    {
        services.AddContainers();
        services.TryAddSingleton(MakeExecutor);
        services.TryAddSingleton(_ => new CapacityQueue(MachineCapacity.Detect()));
        services.AddSingleton<TrainingParts>();
        services.AddSingleton<IReconciler, TrainingReconciler>();
        services.AddSingleton<ICapability, TrainingCapability>();
        return services;
    }

    private static IExecutor MakeExecutor(IServiceProvider services)
    {
        var options = new ProcessExecutorOptions { Hidden = services.GetService<TrainingOptions>()?.Hidden ?? [] };
        var executor = new ProcessExecutor(services.GetRequiredService<TimeProvider>(), options);

        // Looks at the machine now, so that the first job need not wait for it.
        _ = Task.Run(() => executor.Abilities);
        return new JobExecutor(executor, services.GetRequiredService<ContainerExecutor>());
    }
}
