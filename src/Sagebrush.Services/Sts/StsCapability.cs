using Microsoft.Extensions.DependencyInjection;

using Sagebrush.Contracts.Sts;
using Sagebrush.Services.Iam.Authorization;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Sts;

/// <summary>Who am I, and temporary credentials.</summary>
internal sealed class StsCapability(SessionOperations sessions) : ICapability
{
    public void Map(ApiMap api)
    {
        api.Map(StsApi.GetCallerIdentity, (_, context, _) => new(new GetCallerIdentityResponse
        {
            Account = context.Principal.AccountId,
            Arn = context.Principal.Arn,
            UserId = context.Principal.UserId,
        }));
        sessions.Map(api);
        FederationOperations.Map(api);
    }
}

internal static class StsComposition
{
    public static IServiceCollection AddSts(this IServiceCollection services) => services
        .AddSingleton<SessionPolicies>()
        .AddSingleton<TrustPolicies>()
        .AddSingleton<IResourcePolicies>(s => s.GetRequiredService<TrustPolicies>())
        .AddSingleton<SessionOperations>()
        .AddSingleton<ICapability, StsCapability>();
}
