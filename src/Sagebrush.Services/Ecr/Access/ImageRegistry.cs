using System.Runtime.InteropServices;

using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Ecr.Access;

/// <inheritdoc cref="IImageRegistry"/>
internal sealed class ImageRegistry(RegistryOptions options, Repositories repositories, ImageStore images, LayerStore layers, RegistryTokens tokens) : IImageRegistry
{
    private const int MaxConfigurationSize = 4 * 1024 * 1024;

    private static readonly string Platform = "linux/" + RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };

    public bool Owns(string image) => ImageName.TryParse(image, out var name) && (RegistryHost.TryParse(name.Host, out _) || IsHere(name.Host));

    public async ValueTask<RegistryImage?> ResolveAsync(string image, Principal principal, string region, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (!ImageName.TryParse(image, out var name) || !(RegistryHost.TryParse(name.Host, out var host) || IsHere(name.Host)))
        {
            return null;
        }

        var place = host ?? new RegistryHost(principal.AccountId, region);
        if (await repositories.FindAsync(place.Account, place.Region, name.Repository, cancellationToken) is not { } repository
            || await images.FindByReferenceAsync(repository, name.Reference, cancellationToken) is not { } found
            || await ForThisMachineAsync(repository, found.Document, cancellationToken) is not { } chosen)
        {
            return null;
        }

        var token = tokens.Issue(null, principal, null, place.Region);
        return new RegistryImage
        {
            Account = place.Account,
            Region = place.Region,
            Repository = name.Repository,
            Digest = found.Document.Digest,
            PlatformDigest = chosen.Digest,
            Size = chosen.Size,
            Configuration = await ConfigurationAsync(chosen, cancellationToken),
            PullName = $"{new Uri(options.LocalUrl()).Authority}/{name.Repository}@{found.Document.Digest}",
            UserName = RegistryToken.User,
            Password = token.Password,
            PasswordExpires = token.Expires,
        };
    }

    private bool IsHere(string host) => host == new Uri(options.LocalUrl()).Authority || host == new Uri(options.PublicUrl()).Authority;

    private async ValueTask<ImageDocument?> ForThisMachineAsync(Stored<RepositoryDocument> repository, ImageDocument image, CancellationToken cancellationToken)
    {
        if (!ManifestMediaTypes.IsIndex(image.MediaType))
        {
            return image;
        }

        if (await images.ReadManifestAsync(image, cancellationToken) is not { } content)
        {
            return null;
        }

        var candidates = ImageManifest.Parse(content, image.MediaType).Images;
        var chosen = candidates.FirstOrDefault(candidate => candidate.Platform == Platform);
        return chosen.Platform is not null ? (await images.FindAsync(repository, chosen.Digest.Text, cancellationToken))?.Document
            : candidates is [var only] ? (await images.FindAsync(repository, only.Digest.Text, cancellationToken))?.Document
            : null;
    }

    private async ValueTask<ImageConfiguration> ConfigurationAsync(ImageDocument image, CancellationToken cancellationToken) =>
        await images.ReadManifestAsync(image, cancellationToken) is { } content
        && ImageManifest.Parse(content, image.MediaType).Config is { } config
        && await layers.Blobs.TryReadAsync(config, MaxConfigurationSize, cancellationToken) is { } json
            ? ImageConfiguration.Parse(json)
            : new ImageConfiguration();
}
