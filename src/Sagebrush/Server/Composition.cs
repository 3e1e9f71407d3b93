using Microsoft.Extensions.DependencyInjection;

using Sagebrush.Server.Telemetry;
using Sagebrush.Services;
using Sagebrush.Services.Iam;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Server;

/// <summary>The composition root: every part of the product is named here once.</summary>
internal static class Composition
{
    public static IServiceCollection AddSagebrush(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(s => CredentialsStore.Open(options.DataDirectory, options.AccountId, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ICredentialSource>(s => s.GetRequiredService<CredentialsStore>());
        services.AddSingleton<SigV4Verifier>();
        services.AddState(options.DataDirectory, options.ObjectStore);
        services.AddHostingOptions(options);
        services.AddSingleton(options.Containers with { Owner = Path.GetFullPath(options.DataDirectory) });
        services.AddTrainingOptions(options);
        services.AddSnsOptions(options);
        services.AddRegistryOptions(options);
        services.AddSingleton(new IamOptions(options.DataDirectory));
        services.AddSingleton(new AnonymousCaller(options.AccountId, ServerOptions.DefaultRegion));
        services.AddCapabilities();
        services.AddSingleton<IPublicPage, PrometheusPage>();
        services.AddHostedService<OpenTelemetryExport>();
        services.AddSingleton(MapOperations);
        services.AddSingleton<Gateway>();
        return services;
    }

    private static ApiMap MapOperations(IServiceProvider services)
    {
        var api = new ApiMap();
        KnownServices.Declare(api);
        foreach (var capability in services.GetServices<ICapability>())
        {
            capability.Map(api);
        }

        return api;
    }
}
