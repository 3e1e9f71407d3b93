using Sagebrush.Contracts.Ecr;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr;

/// <summary>Pull-through caches of other registries. There are none: this registry works without a network, and says so.</summary>
internal static class PullThroughOperations
{
    public static void Map(ApiMap api)
    {
        api.Map(EcrApi.CreatePullThroughCacheRule, static (request, _, _) => throw EcrErrors.UnsupportedUpstreamRegistryException(
            $"The upstream registry '{request.UpstreamRegistryUrl}' is not supported: this registry pulls from no other one. Copy images into it instead, for example with skopeo copy."));
        api.Map(EcrApi.DescribePullThroughCacheRules, static (request, context, _) => request.EcrRepositoryPrefixes is [var prefix, ..]
            ? throw NotFound(prefix, context)
            : new(new DescribePullThroughCacheRulesResponse { PullThroughCacheRules = [] }));
        api.Map(EcrApi.DeletePullThroughCacheRule, static (request, context, _) => throw NotFound(request.EcrRepositoryPrefix, context));
        api.Map(EcrApi.UpdatePullThroughCacheRule, static (request, context, _) => throw NotFound(request.EcrRepositoryPrefix, context));
        api.Map(EcrApi.ValidatePullThroughCacheRule, static (request, context, _) => throw NotFound(request.EcrRepositoryPrefix, context));
    }

    private static ServiceException NotFound(string prefix, CallContext context) => EcrErrors.PullThroughCacheRuleNotFoundException(
        $"The pull through cache rule with prefix '{prefix}' does not exist in the registry with id '{context.AccountId}'");
}
