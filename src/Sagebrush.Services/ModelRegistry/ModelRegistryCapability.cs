using Microsoft.Extensions.DependencyInjection;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Iam.Authorization;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.ModelRegistry;

/// <summary>The model registry: groups of model packages, their versions and who approved them.</summary>
internal sealed class ModelRegistryCapability(ModelPackages packages) : ICapability
{
    public void Map(ApiMap api)
    {
        var groups = new ModelPackageGroupOperations(packages);
        api.Map(SageMakerApi.CreateModelPackageGroup, groups.CreateAsync);
        api.Map(SageMakerApi.DescribeModelPackageGroup, groups.DescribeAsync);
        api.Map(SageMakerApi.ListModelPackageGroups, groups.ListAsync);
        api.Map(SageMakerApi.DeleteModelPackageGroup, groups.DeleteAsync);
        api.Map(SageMakerApi.PutModelPackageGroupPolicy, groups.PutPolicyAsync);
        api.Map(SageMakerApi.GetModelPackageGroupPolicy, groups.GetPolicyAsync);
        api.Map(SageMakerApi.DeleteModelPackageGroupPolicy, groups.DeletePolicyAsync);

        var operations = new ModelPackageOperations(packages);
        api.Map(SageMakerApi.CreateModelPackage, new CreateModelPackageOperation(packages));
        api.Map(SageMakerApi.UpdateModelPackage, new UpdateModelPackageOperation(packages));
        api.Map(SageMakerApi.DescribeModelPackage, operations.DescribeAsync);
        api.Map(SageMakerApi.BatchDescribeModelPackage, operations.BatchDescribeAsync);
        api.Map(SageMakerApi.ListModelPackages, operations.ListAsync);
        api.Map(SageMakerApi.DeleteModelPackage, operations.DeleteAsync);
    }
}

/// <summary>Adds the model registry to a host. It needs the resource store.</summary>
internal static class ModelRegistryServices
{
    public static IServiceCollection AddModelRegistry(this IServiceCollection services) => services
        .AddSingleton<ModelPackages>()
        .AddSingleton<IModelPackages>(provider => provider.GetRequiredService<ModelPackages>())
        .AddSingleton<IResourcePolicies, ModelPackageGroupPolicies>()
        .AddSingleton<ICapability, ModelRegistryCapability>();
}
