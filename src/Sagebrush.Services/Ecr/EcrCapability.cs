using Sagebrush.Contracts.Ecr;
using Sagebrush.Services.Ecr.Distribution;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr;

/// <summary>Container images: repositories, images and their layers.</summary>
internal sealed class EcrCapability(
    RepositoryOperations repositories,
    RepositoryTags tags,
    ImageOperations images,
    ImageListOperations lists,
    LayerOperations layers,
    TokenOperations tokens,
    PolicyOperations policies,
    LifecycleOperations lifecycle,
    ScanOperations scans,
    RegistryOperations registry,
    DistributionDoor distribution)
    : ICapability
{
    // Parts of layers have 20 MiB at most, which base64 makes a third longer.
    private const int MaxBody = 32 * 1024 * 1024;

    public void Map(ApiMap api)
    {
        ArgumentNullException.ThrowIfNull(api);
        api.Service(EcrApi.Service).MaxBufferedBody = MaxBody;
        repositories.Map(api);
        tags.Map(api);
        images.Map(api);
        lists.Map(api);
        layers.Map(api);
        tokens.Map(api);
        policies.Map(api);
        lifecycle.Map(api);
        scans.Map(api);
        registry.Map(api);
        PullThroughOperations.Map(api);
        api.MapPath(DistributionDoor.Prefix, distribution.HandleAsync);
    }
}
