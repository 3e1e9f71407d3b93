using Sagebrush.Compute.Containers;

namespace Sagebrush.Services.Containers;

/// <summary>Brings the images of jobs and models to the engine, wherever they are.</summary>
internal sealed class ImageSupply(ContainerEngine engine, TimeProvider clock)
{
    private readonly ContainerImages _images = new(engine, clock);

    /// <summary>The engine.</summary>
    public ContainerEngine Engine { get; } = engine;

    /// <summary>Sees to it that the engine has an image.</summary>
    /// <param name="image">The image as the user names it.</param>
    /// <param name="access">On whose behalf.</param>
    /// <param name="progress">Told what has come.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ImagePullException">It is not to be had, not for this machine, or there is no engine.</exception>
    public async Task<ContainerImage> BringAsync(string image, ImageAccess access, Action<string> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(access);
        try
        {
            return await _images.EnsureAsync(new ImageSource(image), progress, cancellationToken);
        }
        catch (ContainerEngineUnavailableException exception)
        {
            throw new ImagePullException($"The image '{image}' runs as a container. {exception.Message}", isTransient: true, exception);
        }
        catch (ContainerEngineException exception)
        {
            throw new ImagePullException($"The container engine refuses the image '{image}': {exception.Message}", isTransient: false, exception);
        }
    }
}
