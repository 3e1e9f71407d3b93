namespace Sagebrush.Serving.Composite;

/// <summary>Where a multi-model server's models come from.</summary>
public interface IModelSource
{
    /// <summary>Loads a model.</summary>
    /// <param name="name">The model as requests name it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ModelInvocationException">There is no such model (<see cref="InvocationFailure.NoTarget"/>).</exception>
    /// <exception cref="ModelLoadException">It cannot be loaded.</exception>
    Task<LoadedModel> LoadAsync(string name, CancellationToken cancellationToken);
}
