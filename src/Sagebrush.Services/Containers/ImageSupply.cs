using Sagebrush.Compute.Containers;
using Sagebrush.Services.Ecr;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Containers;

/// <summary>Brings the images of jobs and models to the engine, wherever they are.</summary>
internal sealed class ImageSupply(ContainerEngine engine, TimeProvider clock, IImageRegistry? registry = null)
{
    private const string DefaultAccount = "000000000000";
    private const string DefaultRegion = "us-east-1";

    private readonly TimeProvider _clock = clock;
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
            return await _images.EnsureAsync(await FindAsync(image, access, cancellationToken), progress, cancellationToken);
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

    // An image of this program's own registry is pulled from its loopback address, as whoever runs it may.
    private async Task<ImageSource> FindAsync(string image, ImageAccess access, CancellationToken cancellationToken)
    {
        if (registry?.Owns(image) != true)
        {
            return new ImageSource(image);
        }

        var account = access.Account ?? (image.Length > 12 && image[..12].All(char.IsAsciiDigit) ? image[..12] : DefaultAccount);
        var found = await registry.ResolveAsync(image, PrincipalOf(account, access.RoleArn), access.Region ?? DefaultRegion, cancellationToken)
            ?? throw new ImagePullException($"The image '{image}' cannot be pulled: there is no such image in the registry. Push it first.");
        return new ImageSource(image, found.PullName, new RegistryCredentials(found.UserName, found.Password), IsPlainHttp: true);
    }

    private Principal PrincipalOf(string account, string? roleArn)
    {
        if (roleArn is null)
        {
            return new Principal(account, $"arn:aws:iam::{account}:root", account);
        }

        var role = roleArn[(roleArn.LastIndexOf('/') + 1)..];
        return new Principal(account, $"arn:aws:sts::{account}:assumed-role/{role}/SageMaker", $"{role}:SageMaker")
        {
            Session = new SessionTerms { IdentityArn = roleArn, Issued = _clock.GetUtcNow(), IsForJob = true },
        };
    }
}
