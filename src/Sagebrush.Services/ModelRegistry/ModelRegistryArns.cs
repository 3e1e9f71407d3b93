using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.ModelRegistry;

/// <summary>Names, ARNs and callers of the registry. ARNs have names in lower case, so names differ in more than case.</summary>
internal static class ModelRegistryArns
{
    private const string PackagePart = ":model-package/";
    private const string GroupPart = ":model-package-group/";

    extension(CallContext context)
    {
#pragma warning disable CA1308 // Lower case is what AWS writes; it is no normal form for comparison.
        public string ModelPackageGroupArn(string name) => context.Arn("sagemaker", $"model-package-group/{name.ToLowerInvariant()}");

        public string ModelPackageArn(string name) => context.Arn("sagemaker", $"model-package/{name.ToLowerInvariant()}");

        /// <summary>The ARN of a group that a request names by its name or its ARN.</summary>
        public string GroupArnOf(string nameOrArn) => nameOrArn.Contains(GroupPart, StringComparison.Ordinal) ? nameOrArn.ToLowerInvariant() : context.ModelPackageGroupArn(nameOrArn);

        /// <summary>The ARN of a package that a request names by its name, with its version if it has one, or its ARN.</summary>
        public string PackageArnOf(string nameOrArn) => nameOrArn.Contains(PackagePart, StringComparison.Ordinal) ? nameOrArn.ToLowerInvariant() : context.ModelPackageArn(nameOrArn);
#pragma warning restore CA1308

        /// <summary>The caller, as the registry remembers who did something.</summary>
        public UserContext Caller() => new()
        {
            IamIdentity = new IamIdentity { Arn = context.Principal.Arn, PrincipalId = context.Principal.UserId },
        };
    }
}
