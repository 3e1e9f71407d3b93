using Sagebrush.Contracts.Ecr;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.Services.Iam;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr;

/// <summary>Policies of repositories: who else may do what with them.</summary>
internal sealed class PolicyOperations(Repositories repositories)
{
    public void Map(ApiMap api)
    {
        api.Serve(EcrApi.SetRepositoryPolicy, SetAsync);
        api.Serve(EcrApi.GetRepositoryPolicy, GetAsync);
        api.Serve(EcrApi.DeleteRepositoryPolicy, DeleteAsync);
    }

    /// <summary>Checks a policy document.</summary>
    /// <exception cref="ServiceException"><c>InvalidParameterException</c>.</exception>
    public static void Check(string text)
    {
        if (PolicyDocument.Problem(text) is { } problem)
        {
            throw EcrErrors.InvalidParameterException($"Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided: {problem}'");
        }
    }

    private async ValueTask<SetRepositoryPolicyResponse> SetAsync(SetRepositoryPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        Check(request.PolicyText);
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        await repositories.UpdateAsync(repository.Key, document => document with { Policy = request.PolicyText }, cancellationToken);
        return new SetRepositoryPolicyResponse { RegistryId = repository.Key.Account, RepositoryName = repository.Key.Name, PolicyText = request.PolicyText };
    }

    private async ValueTask<GetRepositoryPolicyResponse> GetAsync(GetRepositoryPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        return new GetRepositoryPolicyResponse
        {
            RegistryId = repository.Key.Account,
            RepositoryName = repository.Key.Name,
            PolicyText = repository.Document.Policy ?? throw NoPolicy(repository.Key),
        };
    }

    private async ValueTask<DeleteRepositoryPolicyResponse> DeleteAsync(DeleteRepositoryPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        var policy = repository.Document.Policy ?? throw NoPolicy(repository.Key);
        await repositories.UpdateAsync(repository.Key, document => document with { Policy = null }, cancellationToken);
        return new DeleteRepositoryPolicyResponse { RegistryId = repository.Key.Account, RepositoryName = repository.Key.Name, PolicyText = policy };
    }

    private static ServiceException NoPolicy(ResourceKey key) => EcrErrors.RepositoryPolicyNotFoundException(
        $"Repository policy does not exist for the repository with name '{key.Name}' in the registry with id '{key.Account}'");
}
