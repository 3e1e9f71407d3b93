using Microsoft.Extensions.DependencyInjection;
using Sagebrush.Services.S3.Events;
using Sagebrush.Services.S3.Lifecycle;
using Sagebrush.Services.S3.Settings;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Adds S3 to a host that has an object store.</summary>
public static class S3Services
{
    /// <summary>Serves S3's operations from the host's <see cref="State.Objects.IObjectStore"/>.</summary>
    public static IServiceCollection AddS3(this IServiceCollection services) => services
        .AddSingleton<IBucketPolicies, BucketPolicies>()
        .AddSingleton<EventOutbox>()
        .AddHostedService(static services => services.GetRequiredService<EventOutbox>())
        .AddSingleton<ObjectEvents>()
        .AddSingleton<LifecycleSweep>()
        .AddHostedService<LifecycleService>()
        .AddSingleton<ICapability, S3Capability>();
}
