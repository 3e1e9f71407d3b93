using Sagebrush.Services.Ecr.Storage;
using Sagebrush.Services.Iam.Authorization;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Ecr.Access;

/// <summary>The policies of repositories, for whoever decides over calls.</summary>
internal sealed class RepositoryPolicies(Repositories repositories) : IResourcePolicies
{
    private const string Kind = "repository/";

    public string Service => "ecr";

    public async ValueTask<string?> FindAsync(string resourceArn, Principal caller, CancellationToken cancellationToken) =>
        resourceArn.Split(':', 6) is ["arn", _, "ecr", var region, var account, var resource] && resource.StartsWith(Kind, StringComparison.Ordinal)
            ? (await repositories.FindAsync(account, region, resource[Kind.Length..], cancellationToken))?.Document.Policy
            : null;
}
