using Sagebrush.Contracts.Ecr;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Blobs;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr;

/// <summary>Lists of images and what is known of them.</summary>
internal sealed class ImageListOperations(Repositories repositories, ImageStore images)
{
    private const int DefaultPageSize = 100;
    private const int DefaultReferrers = 50;

    public void Map(ApiMap api)
    {
        api.Serve(EcrApi.ListImages, ListAsync);
        api.Serve(EcrApi.DescribeImages, DescribeAsync);
        api.Serve(EcrApi.ListImageReferrers, ReferrersAsync);
    }

    private async ValueTask<ListImagesResponse> ListAsync(ListImagesRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        var stored = await images.ListAsync(repository, cancellationToken);
        var ids = stored.Images.Select(image => image.Document.Digest).Order(StringComparer.Ordinal).SelectMany(digest => stored.Tags[digest].DefaultIfEmpty().Select(tag => (Digest: digest, Tag: tag)));
        var wanted = ids.Where(id => Passes(request.Filter?.TagStatus, id.Tag is not null) && IsActive(request.Filter?.ImageStatus));
        var page = ListPage.Of(wanted, id => $"{id.Digest} {id.Tag}", request.MaxResults ?? DefaultPageSize, request.NextToken);
        return new ListImagesResponse
        {
            ImageIds = [.. page.Items.Select(id => new ImageIdentifier { ImageDigest = id.Digest, ImageTag = id.Tag })],
            NextToken = page.NextToken,
        };
    }

    private async ValueTask<DescribeImagesResponse> DescribeAsync(DescribeImagesRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        if (request.ImageIds is { Count: > 0 } ids)
        {
            if (request.MaxResults is not null || request.NextToken is not null || request.Filter is not null)
            {
                throw EcrErrors.InvalidParameterException("Invalid parameter at 'imageIds' failed to satisfy constraint: 'maxResults, nextToken and filter cannot be used with imageIds'");
            }

            var described = new Dictionary<string, ImageDetail>(StringComparer.Ordinal);
            foreach (var id in ids)
            {
                var image = await ImageFinder.GetAsync(images, repository, id, cancellationToken);
                described[image.Document.Digest] = Describe(repository, image, await images.TagsOfAsync(repository, image.Document.Digest, cancellationToken));
            }

            return new DescribeImagesResponse { ImageDetails = [.. described.Values] };
        }

        var stored = await images.ListAsync(repository, cancellationToken);
        var wanted = stored.Images.OrderBy(image => image.Document.Digest, StringComparer.Ordinal)
            .Where(image => Passes(request.Filter?.TagStatus, stored.Tags.Contains(image.Document.Digest)) && IsActive(request.Filter?.ImageStatus));
        var page = ListPage.Of(wanted, image => image.Document.Digest, request.MaxResults ?? DefaultPageSize, request.NextToken);
        return new DescribeImagesResponse
        {
            ImageDetails = [.. page.Items.Select(image => Describe(repository, image, [.. stored.Tags[image.Document.Digest]]))],
            NextToken = page.NextToken,
        };
    }

    private async ValueTask<ListImageReferrersResponse> ReferrersAsync(ListImageReferrersRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        if (!BlobDigest.TryParse(request.SubjectId.ImageDigest, out var subject))
        {
            throw EcrErrors.InvalidParameterException("Invalid parameter at 'subjectId' failed to satisfy constraint: 'Invalid digest'");
        }

        var types = request.Filter?.ArtifactTypes;
        var wanted = (await images.ReferrersAsync(repository, subject, cancellationToken))
            .Select(image => image.Document)
            .Where(image => (types is not { Count: > 0 } || types.Contains(image.ArtifactType ?? "")) && IsActive(request.Filter?.ArtifactStatus))
            .OrderBy(image => image.Digest, StringComparer.Ordinal);
        var page = ListPage.Of(wanted, image => image.Digest, request.MaxResults ?? DefaultReferrers, request.NextToken);
        return new ListImageReferrersResponse
        {
            Referrers = [.. page.Items.Select(image => new ImageReferrer
            {
                Digest = image.Digest,
                MediaType = image.MediaType,
                ArtifactType = image.ArtifactType,
                Size = image.ManifestSize,
                Annotations = image.Annotations is { Count: > 0 } annotations ? new Dictionary<string, string>(annotations, StringComparer.Ordinal) : null,
                ArtifactStatus = ArtifactStatus.Active,
            })],
            NextToken = page.NextToken,
        };
    }

    private static bool Passes(string? tagStatus, bool isTagged) => tagStatus switch
    {
        TagStatus.Tagged => isTagged,
        TagStatus.Untagged => !isTagged,
        _ => true,
    };

    // Nothing is ever archived here.
    private static bool IsActive(string? status) => status is null or "ACTIVE" or "ANY";

    private static ImageDetail Describe(Stored<RepositoryDocument> repository, Stored<ImageDocument> image, IReadOnlyList<string> tags) => new()
    {
        RegistryId = repository.Key.Account,
        RepositoryName = repository.Key.Name,
        ImageDigest = image.Document.Digest,
        ImageTags = tags.Count == 0 ? null : [.. tags],
        ImageSizeInBytes = image.Document.Size,
        ImagePushedAt = image.Created,
        ImageManifestMediaType = image.Document.MediaType,
        ArtifactMediaType = image.Document.ArtifactType,
        SubjectManifestDigest = image.Document.Subject,
        LastRecordedPullTime = image.Document.LastPull,
        ImageScanStatus = image.Document.ScanAsked is null ? null : ScanOperations.Unscanned(),
        ImageStatus = ImageStatus.Active,
    };
}
