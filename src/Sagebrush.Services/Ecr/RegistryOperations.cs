using Sagebrush.Contracts.Ecr;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr;

/// <summary>What holds for a whole registry. Replication is remembered and carried out by nobody; an image's status says so.</summary>
internal sealed class RegistryOperations(Registries registries, Repositories repositories, ImageStore images)
{
    public void Map(ApiMap api)
    {
        api.Serve(EcrApi.DescribeRegistry, DescribeAsync);
        api.Serve(EcrApi.PutReplicationConfiguration, PutReplicationAsync);
        api.Serve(EcrApi.DescribeImageReplicationStatus, ReplicationStatusAsync);
        api.Serve(EcrApi.GetRegistryPolicy, GetPolicyAsync);
        api.Serve(EcrApi.PutRegistryPolicy, PutPolicyAsync);
        api.Serve(EcrApi.DeleteRegistryPolicy, DeletePolicyAsync);
    }

    private async ValueTask<DescribeRegistryResponse> DescribeAsync(DescribeRegistryRequest request, CallContext context, CancellationToken cancellationToken) =>
        new() { RegistryId = context.AccountId, ReplicationConfiguration = await ReplicationAsync(context, cancellationToken) };

    private async ValueTask<PutReplicationConfigurationResponse> PutReplicationAsync(
        PutReplicationConfigurationRequest request, CallContext context, CancellationToken cancellationToken)
    {
        await registries.UpdateAsync(context, registry => registry with { Replication = Registries.Write(request.ReplicationConfiguration) }, cancellationToken);
        return new PutReplicationConfigurationResponse { ReplicationConfiguration = request.ReplicationConfiguration };
    }

    private async ValueTask<DescribeImageReplicationStatusResponse> ReplicationStatusAsync(
        DescribeImageReplicationStatusRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        var image = (await ImageFinder.GetAsync(images, repository, request.ImageId, cancellationToken)).Document;
        var rules = (await ReplicationAsync(context, cancellationToken)).Rules ?? [];
        return new DescribeImageReplicationStatusResponse
        {
            RepositoryName = repository.Key.Name,
            ImageId = new ImageIdentifier { ImageDigest = image.Digest, ImageTag = request.ImageId.ImageTag },
            ReplicationStatuses = [.. rules
                .Where(rule => rule.RepositoryFilters is not { Count: > 0 } filters || filters.Exists(filter => repository.Key.Name.StartsWith(filter.Filter, StringComparison.Ordinal)))
                .SelectMany(rule => rule.Destinations)
                .Select(destination => new ImageReplicationStatus
                {
                    Region = destination.Region,
                    RegistryId = destination.RegistryId,
                    Status = ReplicationStatus.Failed,
                    FailureCode = "ReplicationNotSupported",
                })],
        };
    }

    private async ValueTask<GetRegistryPolicyResponse> GetPolicyAsync(GetRegistryPolicyRequest request, CallContext context, CancellationToken cancellationToken) => new()
    {
        RegistryId = context.AccountId,
        PolicyText = (await registries.GetAsync(context, cancellationToken)).Policy ?? throw NoPolicy(context),
    };

    private async ValueTask<PutRegistryPolicyResponse> PutPolicyAsync(PutRegistryPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        PolicyOperations.Check(request.PolicyText);
        await registries.UpdateAsync(context, registry => registry with { Policy = request.PolicyText }, cancellationToken);
        return new PutRegistryPolicyResponse { RegistryId = context.AccountId, PolicyText = request.PolicyText };
    }

    private async ValueTask<DeleteRegistryPolicyResponse> DeletePolicyAsync(DeleteRegistryPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var policy = (await registries.GetAsync(context, cancellationToken)).Policy ?? throw NoPolicy(context);
        await registries.UpdateAsync(context, registry => registry with { Policy = null }, cancellationToken);
        return new DeleteRegistryPolicyResponse { RegistryId = context.AccountId, PolicyText = policy };
    }

    private async ValueTask<ReplicationConfiguration> ReplicationAsync(CallContext context, CancellationToken cancellationToken) =>
        Registries.Read<ReplicationConfiguration>((await registries.GetAsync(context, cancellationToken)).Replication) ?? new ReplicationConfiguration { Rules = [] };

    private static ServiceException NoPolicy(CallContext context) =>
        EcrErrors.RegistryPolicyNotFoundException($"Registry policy does not exist in the registry with id '{context.AccountId}'");
}
