using Sagebrush.Contracts.Ecr;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr;

/// <summary>Finds the one image that a request must name.</summary>
internal static class ImageFinder
{
    /// <exception cref="ServiceException"><c>InvalidParameterException</c> or <c>ImageNotFoundException</c>.</exception>
    public static async ValueTask<Stored<ImageDocument>> GetAsync(
        ImageStore images, Stored<RepositoryDocument> repository, ImageIdentifier id, CancellationToken cancellationToken)
    {
        if (ImageIdentifiers.Problem(id) is { } problem)
        {
            throw EcrErrors.InvalidParameterException($"Invalid parameter at 'imageId' failed to satisfy constraint: '{problem.FailureReason}'");
        }

        var image = await images.FindByReferenceAsync(repository, id.ImageTag ?? id.ImageDigest!, cancellationToken);
        return image is not null && (id.ImageDigest is null || id.ImageDigest == image.Document.Digest)
            ? image
            : throw EcrErrors.ImageNotFoundException(
                $"The image with imageId {ImageIdentifiers.Show(id)} does not exist within the repository with name '{repository.Key.Name}' in the registry with id '{repository.Key.Account}'");
    }
}
