using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using Sagebrush.Services.S3.External;
using Sagebrush.State.Logs;
using Sagebrush.State.Metrics;
using Sagebrush.State.Objects;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;

namespace Sagebrush.Server;

/// <summary>Adds the stores of one data directory and the runtime of the reconcilers.</summary>
internal static class StateComposition
{
    public static IServiceCollection AddState(this IServiceCollection services, string dataDirectory, ExternalObjects? objectStore)
    {
        if (objectStore is not null)
        {
            services.AddSingleton<IExternalContent>(s => new S3Content(objectStore, s.GetRequiredService<TimeProvider>()));
        }

        services.AddSingleton(s => SqliteResourceStore.Open(Path.Combine(dataDirectory, "resources.db"), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IResourceStore>(s => s.GetRequiredService<SqliteResourceStore>());
        services.AddSingleton<ILeaseStore>(s => s.GetRequiredService<SqliteResourceStore>());
        services.AddSingleton<ILogStore>(s => SqliteLogStore.Open(Path.Combine(dataDirectory, "logs.db"), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IMetricStore>(s => SqliteMetricStore.Open(Path.Combine(dataDirectory, "metrics.db"), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IObjectStore>(s => FolderObjectStore.Open(
            dataDirectory, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<FolderObjectStore>>(), s.GetService<IExternalContent>()));
        services.AddSingleton<ReconcilerHost>();

        // Reconcilers wake each other through the host, which is made from them: a function cuts the knot.
        services.AddSingleton<Func<ReconcilerHost>>(s => s.GetRequiredService<ReconcilerHost>);
        services.AddHostedService<ReconcilerService>();
        return services;
    }
}
