using Microsoft.Extensions.Hosting;

using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Iam;

/// <summary>Gives the account an execution role, so that nobody has to make one before their first training job.</summary>
internal sealed class DefaultRole(RoleDirectory roles, CredentialsStore credentials) : IHostedService
{
    private const string TrustPolicy =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    /// <summary>Makes the role unless it is there; a role its owner has changed stays as it is.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var role = new RoleDocument
        {
            RoleName = RoleDirectory.DefaultRoleName,
            RoleId = RoleDirectory.NewRoleId(),
            Path = "/service-role/",
            AssumeRolePolicyDocument = TrustPolicy,
            Description = "The execution role for training jobs, models and endpoints.",
            MaxSessionDuration = RoleDirectory.DefaultSessionSeconds,

            // SageMaker's own policy reaches only buckets with "sagemaker" in their names.
            AttachedPolicies = ["arn:aws:iam::aws:policy/AmazonS3FullAccess", "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"],
        };
        await roles.TryAddAsync(credentials.Root.Principal.AccountId, role, [], cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
