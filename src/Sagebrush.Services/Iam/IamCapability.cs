using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using Sagebrush.Services.Iam.Authorization;
using Sagebrush.Services.Iam.Users;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Iam;

/// <summary>Who may do what: users and their keys, roles, policies.</summary>
internal sealed class IamCapability(
    RoleOperations roles,
    RolePolicyOperations rolePolicies,
    UserOperations users,
    UserPolicyOperations userPolicies,
    GroupOperations groups,
    GroupPolicyOperations groupPolicies,
    ManagedPolicyOperations policies,
    SimulationOperations simulations)
    : ICapability
{
    public void Map(ApiMap api)
    {
        roles.Map(api);
        rolePolicies.Map(api);
        users.Map(api);
        userPolicies.Map(api);
        groups.Map(api);
        groupPolicies.Map(api);
        policies.Map(api);
        simulations.Map(api);
    }
}

/// <summary>Takes users' keys into memory before the first request comes.</summary>
internal sealed class UserKeys(UserDirectory users) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => users.LoadAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal static class IamComposition
{
    public static IServiceCollection AddIam(this IServiceCollection services) => services
        .AddSingleton<ManagedPolicies>()
        .AddSingleton<IdentityPolicies>()
        .AddSingleton<RoleDirectory>()
        .AddSingleton<SecretSeal>()
        .AddSingleton<GroupDirectory>()
        .AddSingleton<UserDirectory>()
        .AddSingleton<ResourceArns>()
        .AddSingleton<IResourcePolicies, BucketPolicySource>()
        .AddSingleton<CallAuthorizer>()
        .AddSingleton<ICallAuthorizer>(s => s.GetRequiredService<CallAuthorizer>())
        .AddSingleton<RoleOperations>()
        .AddSingleton<RolePolicyOperations>()
        .AddSingleton<UserOperations>()
        .AddSingleton<UserPolicyOperations>()
        .AddSingleton<GroupOperations>()
        .AddSingleton<GroupPolicyOperations>()
        .AddSingleton<ManagedPolicyOperations>()
        .AddSingleton<SimulationOperations>()
        .AddSingleton<ICapability, IamCapability>()
        .AddHostedService<UserKeys>()
        .AddHostedService<DefaultRole>();
}
