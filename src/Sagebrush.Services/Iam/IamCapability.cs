using Microsoft.Extensions.DependencyInjection;

using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Iam;

/// <summary>As much of IAM as users of SageMaker call: roles, their policies, and the root user.</summary>
internal sealed class IamCapability(RoleOperations roles, RolePolicyOperations policies, UserOperations users) : ICapability
{
    public void Map(ApiMap api)
    {
        roles.Map(api);
        policies.Map(api);
        users.Map(api);
    }
}

internal static class IamComposition
{
    public static IServiceCollection AddIam(this IServiceCollection services) => services
        .AddSingleton<RoleDirectory>()
        .AddSingleton<RoleOperations>()
        .AddSingleton<RolePolicyOperations>()
        .AddSingleton<UserOperations>()
        .AddSingleton<ICapability, IamCapability>()
        .AddHostedService<DefaultRole>();
}
