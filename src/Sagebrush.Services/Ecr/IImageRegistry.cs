using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Ecr;

/// <summary>The registry of this program, for those who run images: says what a name means and how an engine gets at it.</summary>
/// <remarks>
/// <para>
/// Two forms of names mean this registry: AWS's, <c>ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG</c> (or <c>@sha256:…</c>), and the one with
/// the address the program listens on, <c>127.0.0.1:8080/REPOSITORY:TAG</c>. Names of AWS's own images, such as <c>sagemaker-xgboost</c>'s, belong to AWS's accounts
/// and are told apart before.
/// </para>
/// <para>
/// A container engine pulls <see cref="RegistryImage.PullName"/>, which names the image by digest at the program's own address. The address speaks
/// plain HTTP: Docker takes that on loopback as it is; Podman is told by <c>--tls-verify=false</c>, by the parameter <c>tlsVerify=false</c> of its own API, or for its
/// Docker-compatible API by <c>insecure = true</c> for the address in its <c>registries.conf</c>:
/// <code>
/// [[registry]]
/// location = "127.0.0.1:8080"
/// insecure = true
/// </code>
/// The user is <see cref="RegistryImage.UserName"/> with <see cref="RegistryImage.Password"/>: on the command line
/// <c>podman pull --creds USER:PASSWORD NAME</c>, in the Docker-compatible API <c>POST /images/create?fromImage=NAME</c> with
/// <see cref="RegistryImage.AuthorizationHeader"/> as <c>X-Registry-Auth</c>. What is pulled is decided by the policies of the principal the image was resolved for.
/// </para>
/// </remarks>
public interface IImageRegistry
{
    /// <summary>Whether an image's name means this registry, whether or not the image is there.</summary>
    bool Owns(string image);

    /// <summary>Finds an image.</summary>
    /// <param name="image">Its name.</param>
    /// <param name="principal">On whose behalf it is pulled: a job's role, an endpoint's.</param>
    /// <param name="region">The region to look in where the name says none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The image for this machine's platform; null when there is none of the name.</returns>
    ValueTask<RegistryImage?> ResolveAsync(string image, Principal principal, string region, CancellationToken cancellationToken);
}
