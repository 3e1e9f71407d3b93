using Microsoft.Extensions.DependencyInjection;

using Sagebrush.Services.Ecr.Access;
using Sagebrush.Services.Ecr.Distribution;
using Sagebrush.Services.Ecr.Lifecycle;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.Services.Iam.Authorization;
using Sagebrush.State.Blobs;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr;

/// <summary>Adds the image registry to a host. It needs <see cref="RegistryOptions"/>, the resource store and the keys.</summary>
internal static class EcrServices
{
    public static IServiceCollection AddEcr(this IServiceCollection services) => services
        .AddSingleton(s => BlobStore.Open(s.GetRequiredService<RegistryOptions>().Folder))
        .AddSingleton<Touches>()
        .AddSingleton<Repositories>()
        .AddSingleton<LayerStore>()
        .AddSingleton<ImageStore>()
        .AddSingleton<LifecycleRun>()
        .AddSingleton<RegistrySweep>()
        .AddHostedService<RegistrySweepService>()
        .AddSingleton<RegistryTokens>()
        .AddSingleton<IImageRegistry, ImageRegistry>()
        .AddSingleton<RepositoryDescriptions>()
        .AddSingleton<RepositoryOperations>()
        .AddSingleton<RepositoryTags>()
        .AddSingleton<ImageOperations>()
        .AddSingleton<ImageListOperations>()
        .AddSingleton<LayerOperations>()
        .AddSingleton<TokenOperations>()
        .AddSingleton<PolicyOperations>()
        .AddSingleton<LifecycleOperations>()
        .AddSingleton<ScanOperations>()
        .AddSingleton<Registries>()
        .AddSingleton<RegistryOperations>()
        .AddSingleton<IResourcePolicies, RepositoryPolicies>()
        .AddSingleton<PushTarget>()
        .AddSingleton<ManifestRoom>()
        .AddSingleton<BlobRoom>()
        .AddSingleton<UploadRoom>()
        .AddSingleton<ListRoom>()
        .AddSingleton<DistributionDoor>()
        .AddSingleton<ICapability, EcrCapability>();
}
