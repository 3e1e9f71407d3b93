using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.ModelRegistry;

/// <summary>The registry's face to those who deploy from it.</summary>
internal interface IModelPackages
{
    /// <summary>The containers of a package, for a container of a model that names it.</summary>
    /// <param name="wish">The container: its package, and what it sets beside it.</param>
    /// <param name="context">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceException">There is no such package, it is not approved, or it has nothing to be deployed.</exception>
    ValueTask<IReadOnlyList<ContainerDefinition>> ContainersAsync(ContainerDefinition wish, CallContext context, CancellationToken cancellationToken);

    /// <summary>What a package holds, approved or not.</summary>
    /// <exception cref="ServiceException">There is no such package, or it has nothing to be deployed.</exception>
    ValueTask<PackagedModel> ModelAsync(string nameOrArn, CallContext context, CancellationToken cancellationToken);
}
