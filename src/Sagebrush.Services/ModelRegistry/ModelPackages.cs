using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.ModelRegistry;

/// <summary>Finds what the registry keeps.</summary>
internal sealed class ModelPackages(IResourceStore store) : IModelPackages
{
    public ResourceSet<ModelPackageGroupDocument> Groups { get; } = store.For(ModelPackageKinds.Group);

    public ResourceSet<ModelPackageDocument> Packages { get; } = store.For(ModelPackageKinds.Package);

    /// <exception cref="ServiceException">There is no such group.</exception>
    public async ValueTask<Stored<ModelPackageGroupDocument>> GroupAsync(string nameOrArn, CallContext context, CancellationToken cancellationToken)
    {
        var arn = context.GroupArnOf(nameOrArn);
        return await Groups.FindByArnAsync(arn, cancellationToken) ?? throw Refusals.Validation($"ModelPackageGroup {arn} does not exist.");
    }

    /// <exception cref="ServiceException">There is no such package.</exception>
    public async ValueTask<Stored<ModelPackageDocument>> PackageAsync(string nameOrArn, CallContext context, CancellationToken cancellationToken)
    {
        var arn = context.PackageArnOf(nameOrArn);
        return await Packages.FindByArnAsync(arn, cancellationToken) ?? throw Refusals.Validation($"ModelPackage {arn} does not exist.");
    }

    public async ValueTask<IReadOnlyList<ContainerDefinition>> ContainersAsync(
        ContainerDefinition wish, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await PackageAsync(wish.ModelPackageName!, context, cancellationToken);
        var package = stored.Document.Package;
        if (package.ModelPackageGroupName is not null && package.ModelApprovalStatus != ModelApprovalStatus.Approved)
        {
            throw Refusals.Validation(
                $"ModelPackage {stored.Arn} cannot be deployed: its ModelApprovalStatus is {package.ModelApprovalStatus}, and only Approved versions are deployed. UpdateModelPackage approves it.");
        }

        var containers = wish.InferenceSpecificationName is not { } name ? package.InferenceSpecification?.Containers
            : package.AdditionalInferenceSpecifications?.FirstOrDefault(other => other.Name == name)?.Containers
                ?? throw Refusals.Validation($"ModelPackage {stored.Arn} has no AdditionalInferenceSpecification named {name}.");
        return containers is not { Count: > 0 }
            ? throw NothingToDeploy(stored)
            : [.. containers.Select(container => Container(container, stored.Arn, wish))];
    }

    public async ValueTask<PackagedModel> ModelAsync(string nameOrArn, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await PackageAsync(nameOrArn, context, cancellationToken);
        var package = stored.Document.Package;
        return package.InferenceSpecification is { Containers: { Count: > 0 } containers } specification
            ? new PackagedModel(
                [.. containers.Select(container => Container(container, stored.Arn, new ContainerDefinition()))],
                package.SamplePayloadUrl,
                specification.SupportedContentTypes ?? [],
                specification.SupportedRealtimeInferenceInstanceTypes ?? [])
            : throw NothingToDeploy(stored);
    }

    private static ServiceException NothingToDeploy(Stored<ModelPackageDocument> package) =>
        Refusals.Validation($"ModelPackage {package.Arn} has no InferenceSpecification and cannot be deployed.");

    private static ContainerDefinition Container(ModelPackageContainerDefinition container, string arn, ContainerDefinition wish)
    {
        var environment = new Dictionary<string, string>(container.Environment ?? []);
        foreach (var (variable, value) in wish.Environment ?? [])
        {
            environment[variable] = value;
        }

        return new ContainerDefinition
        {
            ModelPackageName = arn,
            InferenceSpecificationName = wish.InferenceSpecificationName,
            ContainerHostname = wish.ContainerHostname ?? container.ContainerHostname,
            Image = container.Image,
            ModelDataUrl = container.ModelDataUrl,
            ModelDataSource = container.ModelDataSource,
            Environment = environment.Count == 0 ? null : environment,
        };
    }
}
