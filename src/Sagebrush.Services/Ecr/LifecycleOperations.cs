using Sagebrush.Contracts.Ecr;
using Sagebrush.Services.Ecr.Lifecycle;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr;

/// <summary>Lifecycle policies, and what they would do.</summary>
internal sealed class LifecycleOperations(Repositories repositories, ImageStore images, TimeProvider clock)
{
    private const int DefaultPageSize = 100;

    public void Map(ApiMap api)
    {
        api.Serve(EcrApi.PutLifecyclePolicy, PutAsync);
        api.Serve(EcrApi.GetLifecyclePolicy, GetAsync);
        api.Serve(EcrApi.DeleteLifecyclePolicy, DeleteAsync);
        api.Serve(EcrApi.StartLifecyclePolicyPreview, StartPreviewAsync);
        api.Serve(EcrApi.GetLifecyclePolicyPreview, GetPreviewAsync);
    }

    private async ValueTask<PutLifecyclePolicyResponse> PutAsync(PutLifecyclePolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        LifecyclePolicy.Parse(request.LifecyclePolicyText);
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        await repositories.UpdateAsync(
            repository.Key, document => document with { LifecyclePolicy = request.LifecyclePolicyText, LifecycleEvaluated = null }, cancellationToken);
        return new PutLifecyclePolicyResponse { RegistryId = repository.Key.Account, RepositoryName = repository.Key.Name, LifecyclePolicyText = request.LifecyclePolicyText };
    }

    private async ValueTask<GetLifecyclePolicyResponse> GetAsync(GetLifecyclePolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        return new GetLifecyclePolicyResponse
        {
            RegistryId = repository.Key.Account,
            RepositoryName = repository.Key.Name,
            LifecyclePolicyText = repository.Document.LifecyclePolicy ?? throw NoPolicy(repository.Key),
            LastEvaluatedAt = repository.Document.LifecycleEvaluated ?? DateTimeOffset.UnixEpoch,
        };
    }

    private async ValueTask<DeleteLifecyclePolicyResponse> DeleteAsync(DeleteLifecyclePolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        var policy = repository.Document.LifecyclePolicy ?? throw NoPolicy(repository.Key);
        await repositories.UpdateAsync(repository.Key, document => document with { LifecyclePolicy = null, LifecycleEvaluated = null }, cancellationToken);
        return new DeleteLifecyclePolicyResponse
        {
            RegistryId = repository.Key.Account,
            RepositoryName = repository.Key.Name,
            LifecyclePolicyText = policy,
            LastEvaluatedAt = repository.Document.LifecycleEvaluated ?? DateTimeOffset.UnixEpoch,
        };
    }

    private async ValueTask<StartLifecyclePolicyPreviewResponse> StartPreviewAsync(
        StartLifecyclePolicyPreviewRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        var policy = request.LifecyclePolicyText ?? repository.Document.LifecyclePolicy ?? throw NoPolicy(repository.Key);
        LifecyclePolicy.Parse(policy);
        await repositories.UpdateAsync(repository.Key, document => document with { PreviewedPolicy = policy }, cancellationToken);
        return new StartLifecyclePolicyPreviewResponse
        {
            RegistryId = repository.Key.Account,
            RepositoryName = repository.Key.Name,
            LifecyclePolicyText = policy,
            Status = LifecyclePolicyPreviewStatus.InProgress,
        };
    }

    // Evaluating takes no time to speak of, so it is done when somebody asks, for the images there are then.
    private async ValueTask<GetLifecyclePolicyPreviewResponse> GetPreviewAsync(
        GetLifecyclePolicyPreviewRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        var policy = repository.Document.PreviewedPolicy ?? throw EcrErrors.LifecyclePolicyPreviewNotFoundException(
            $"There is no lifecycle policy preview for the repository with name '{repository.Key.Name}' in the registry with id '{repository.Key.Account}'");
        var stored = await images.ListAsync(repository, cancellationToken);
        var results = LifecyclePlan.Make(LifecyclePolicy.Parse(policy), stored, clock.GetUtcNow())
            .Select(expiring => new LifecyclePolicyPreviewResult
            {
                ImageDigest = expiring.Image.Document.Digest,
                ImageTags = [.. stored.Tags[expiring.Image.Document.Digest]],
                ImagePushedAt = expiring.Image.Created,
                Action = new LifecyclePolicyRuleAction { Type = "EXPIRE" },
                AppliedRulePriority = expiring.Priority,
            })
            .OrderBy(result => result.ImageDigest, StringComparer.Ordinal)
            .ToList();
        var wanted = results.Where(result => Passes(request, result));
        var page = ListPage.Of(wanted, result => result.ImageDigest!, request.MaxResults ?? DefaultPageSize, request.NextToken);
        return new GetLifecyclePolicyPreviewResponse
        {
            RegistryId = repository.Key.Account,
            RepositoryName = repository.Key.Name,
            LifecyclePolicyText = policy,
            Status = LifecyclePolicyPreviewStatus.Complete,
            PreviewResults = [.. page.Items],
            NextToken = page.NextToken,
            Summary = new LifecyclePolicyPreviewSummary { ExpiringImageTotalCount = results.Count },
        };
    }

    private static bool Passes(GetLifecyclePolicyPreviewRequest request, LifecyclePolicyPreviewResult result) =>
        request.Filter?.TagStatus switch
        {
            TagStatus.Tagged => result.ImageTags!.Count > 0,
            TagStatus.Untagged => result.ImageTags!.Count == 0,
            _ => true,
        }
        && (request.ImageIds is not { Count: > 0 } ids
            || ids.Exists(id => (id.ImageDigest is null || id.ImageDigest == result.ImageDigest) && (id.ImageTag is null || result.ImageTags!.Contains(id.ImageTag))));

    private static ServiceException NoPolicy(ResourceKey key) => EcrErrors.LifecyclePolicyNotFoundException(
        $"Lifecycle policy does not exist for the repository with name '{key.Name}' in the registry with id '{key.Account}'");
}
