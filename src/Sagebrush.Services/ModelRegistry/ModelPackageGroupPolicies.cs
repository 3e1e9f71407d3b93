using Sagebrush.Services.Iam.Authorization;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.ModelRegistry;

/// <summary>The policies of model package groups, for whoever decides over calls; they hold for the versions too.</summary>
internal sealed class ModelPackageGroupPolicies(ModelPackages packages) : IResourcePolicies
{
    public string Service => "sagemaker";

    public async ValueTask<string?> FindAsync(string resourceArn, Principal caller, CancellationToken cancellationToken)
    {
        var group = resourceArn.Contains(":model-package/", StringComparison.Ordinal) && resourceArn.LastIndexOf('/') is var version && version > resourceArn.IndexOf('/', StringComparison.Ordinal)
            ? resourceArn[..version].Replace(":model-package/", ":model-package-group/", StringComparison.Ordinal)
            : resourceArn;
        return group.Contains(":model-package-group/", StringComparison.Ordinal) ? (await packages.Groups.FindByArnAsync(group, cancellationToken))?.Document.Policy : null;
    }
}
