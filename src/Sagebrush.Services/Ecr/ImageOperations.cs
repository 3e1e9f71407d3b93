using System.Text;

using Sagebrush.Contracts.Ecr;
using Sagebrush.Services.Ecr.Access;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Blobs;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr;

/// <summary>Images through ECR's own API: put, got and deleted.</summary>
internal sealed class ImageOperations(Repositories repositories, ImageStore images)
{
    private const int MaxBatch = 100;

    public void Map(ApiMap api)
    {
        api.Serve(EcrApi.PutImage, PutAsync);
        api.Serve(EcrApi.BatchGetImage, GetAsync);
        api.Serve(EcrApi.BatchDeleteImage, DeleteAsync);
    }

    private async ValueTask<PutImageResponse> PutAsync(PutImageRequest request, CallContext context, CancellationToken cancellationToken)
    {
        if (request.ImageTag is { } tag && !ImageName.IsTag(tag))
        {
            throw EcrErrors.InvalidParameterException($"Invalid parameter at 'imageTag' failed to satisfy constraint: 'Invalid tag': {tag}");
        }

        BlobDigest? expected = request.ImageDigest is not { } text ? null : BlobDigest.TryParse(text, out var digest) ? digest
            : throw EcrErrors.InvalidParameterException("Invalid parameter at 'imageDigest' failed to satisfy constraint: 'Invalid digest'");
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        var outcome = await images.PutAsync(
            repository, Encoding.UTF8.GetBytes(request.ImageManifest), request.ImageManifestMediaType, request.ImageTag, expected, cancellationToken);
        if (!outcome.Changed)
        {
            throw EcrErrors.ImageAlreadyExistsException(
                $"Image with digest '{outcome.Image.Digest}'{(request.ImageTag is null ? "" : $" and tag '{request.ImageTag}'")} already exists in the repository with name '{repository.Key.Name}' in registry with id '{repository.Key.Account}'");
        }

        return new PutImageResponse
        {
            Image = new Image
            {
                RegistryId = repository.Key.Account,
                RepositoryName = repository.Key.Name,
                ImageId = new ImageIdentifier { ImageDigest = outcome.Image.Digest, ImageTag = request.ImageTag },
                ImageManifest = request.ImageManifest,
                ImageManifestMediaType = outcome.Image.MediaType,
            },
        };
    }

    private async ValueTask<BatchGetImageResponse> GetAsync(BatchGetImageRequest request, CallContext context, CancellationToken cancellationToken)
    {
        Check(request.ImageIds);
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        var response = new BatchGetImageResponse { Images = [], Failures = [] };
        foreach (var id in request.ImageIds)
        {
            var (image, failure) = await FindAsync(repository, id, cancellationToken);
            if (image is not null && request.AcceptedMediaTypes is { Count: > 0 } accepted && !accepted.Contains(image.Document.MediaType))
            {
                failure = ImageIdentifiers.Failure(id, ImageFailureCode.ImageNotFound, $"The image has the media type '{image.Document.MediaType}', which is not among the accepted ones");
            }

            if (failure is null && await images.ReadManifestAsync(image!.Document, cancellationToken) is { } manifest)
            {
                await images.NotePullAsync(repository, image.Document, cancellationToken);
                response.Images.Add(new Image
                {
                    RegistryId = repository.Key.Account,
                    RepositoryName = repository.Key.Name,
                    ImageId = new ImageIdentifier { ImageDigest = image.Document.Digest, ImageTag = id.ImageTag },
                    ImageManifest = Encoding.UTF8.GetString(manifest),
                    ImageManifestMediaType = image.Document.MediaType,
                });
            }
            else
            {
                response.Failures.Add(failure ?? ImageIdentifiers.NotFound(id));
            }
        }

        return response;
    }

    private async ValueTask<BatchDeleteImageResponse> DeleteAsync(BatchDeleteImageRequest request, CallContext context, CancellationToken cancellationToken)
    {
        Check(request.ImageIds);
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        var response = new BatchDeleteImageResponse { ImageIds = [], Failures = [] };

        // By tags first: an image named by its tag and by its digest is deleted once, and neither name fails for the other.
        foreach (var id in request.ImageIds.OrderBy(id => id.ImageTag is null))
        {
            var (image, failure) = await FindAsync(repository, id, cancellationToken);
            failure ??= await DeleteAsync(repository, image!.Document, id, response.ImageIds, cancellationToken);
            if (failure is not null && !response.ImageIds.Exists(gone => gone.ImageDigest == id.ImageDigest && id.ImageTag is null))
            {
                response.Failures.Add(failure);
            }
        }

        return response;
    }

    // Naming a tag takes the tag away; an image goes with its last one.
    private async ValueTask<ImageFailure?> DeleteAsync(
        Stored<RepositoryDocument> repository, ImageDocument image, ImageIdentifier id, List<ImageIdentifier> deleted, CancellationToken cancellationToken)
    {
        var tags = await images.TagsOfAsync(repository, image.Digest, cancellationToken);
        if (id.ImageTag is { } tag && tags.Count > 1)
        {
            await images.UntagAsync(repository, tag, cancellationToken);
            deleted.Add(new ImageIdentifier { ImageDigest = image.Digest, ImageTag = tag });
            return null;
        }

        var outcome = await images.DeleteAsync(repository, image.Digest, cancellationToken);
        if (outcome is null)
        {
            return ImageIdentifiers.NotFound(id);
        }

        if (outcome.Holders.Count > 0)
        {
            return ImageIdentifiers.Failure(
                id, ImageFailureCode.ImageReferencedByManifestList, $"Requested image referenced by manifest list: [{string.Join(", ", outcome.Holders)}]");
        }

        deleted.AddRange(outcome.Tags.Count == 0
            ? [new ImageIdentifier { ImageDigest = image.Digest }]
            : outcome.Tags.Select(gone => new ImageIdentifier { ImageDigest = image.Digest, ImageTag = gone }));
        return null;
    }

    private async ValueTask<(Stored<ImageDocument>? Image, ImageFailure? Failure)> FindAsync(
        Stored<RepositoryDocument> repository, ImageIdentifier id, CancellationToken cancellationToken)
    {
        if (ImageIdentifiers.Problem(id) is { } problem)
        {
            return (null, problem);
        }

        var image = await images.FindByReferenceAsync(repository, id.ImageTag ?? id.ImageDigest!, cancellationToken);
        return image is null ? (null, ImageIdentifiers.NotFound(id))
            : id.ImageDigest is not null && image.Document.Digest != id.ImageDigest
            ? (null, ImageIdentifiers.Failure(id, ImageFailureCode.ImageTagDoesNotMatchDigest, "Requested image tag is not on the requested image digest"))
            : (image, null);
    }

    private static void Check(List<ImageIdentifier> ids)
    {
        if (ids.Count is 0 or > MaxBatch)
        {
            throw EcrErrors.InvalidParameterException($"Invalid parameter at 'imageIds' failed to satisfy constraint: 'Member must have length between 1 and {MaxBatch}'");
        }
    }
}
