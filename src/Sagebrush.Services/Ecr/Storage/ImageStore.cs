using Sagebrush.Contracts.Ecr;
using Sagebrush.State.Blobs;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr.Storage;

/// <summary>Images and their tags. Thread safe: changes within a repository happen one after another.</summary>
/// <remarks>
/// A manifest is a durable blob before its image is stored, and an image before its tags are. An image goes after its tags. So a crash
/// anywhere leaves images without tags at worst, and never a tag that was told to somebody without its image.
/// </remarks>
internal sealed class ImageStore(Repositories repositories, LayerStore layers, Touches touches, IResourceStore store, TimeProvider clock)
{
    // How exact the time of an image's last pull is: pulls come in numbers, and each would be a write.
    private static readonly TimeSpan PullTimeGrain = TimeSpan.FromHours(1);

    private readonly RepositoryContents<ImageDocument> _images = new(store, EcrKinds.Image);
    private readonly RepositoryContents<ImageTagDocument> _tags = new(store, EcrKinds.Tag);

    /// <summary>Puts an image, and a tag on it where one is given.</summary>
    /// <param name="repository">Where.</param>
    /// <param name="content">The manifest, byte for byte.</param>
    /// <param name="mediaType">What the client calls it; null leaves it to the manifest.</param>
    /// <param name="tag">The tag, or null.</param>
    /// <param name="expected">The digest the client thinks it has, or null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceException">
    /// <c>InvalidParameterException</c>, <c>ImageDigestDoesNotMatchException</c>, <c>LayersNotFoundException</c>, <c>ReferencedImagesNotFoundException</c>,
    /// <c>ImageTagAlreadyExistsException</c> or <c>RepositoryNotFoundException</c>; nothing has changed then.
    /// </exception>
    public async ValueTask<PutImageOutcome> PutAsync(
        Stored<RepositoryDocument> repository, ReadOnlyMemory<byte> content, string? mediaType, string? tag, BlobDigest? expected, CancellationToken cancellationToken)
    {
        var manifest = ImageManifest.Parse(content, mediaType);
        var digest = BlobDigest.Of(content.Span);
        if (expected is { } wanted && wanted != digest)
        {
            throw EcrErrors.ImageDigestDoesNotMatchException($"The digest of the manifest is '{digest}', not '{wanted}'.");
        }

        using var turn = await repositories.EnterAsync(repository, cancellationToken);
        var current = await repositories.GetAgainAsync(repository, cancellationToken);
        await CheckReferencesAsync(current, manifest, cancellationToken);
        var tagged = tag is null ? null : await _tags.FindAsync(current, tag, cancellationToken);
        if (tagged is not null && tagged.Document.Digest != digest.Text && current.Document.IsImmutable(tag!) && await FindAsync(current, tagged.Document.Digest, cancellationToken) is not null)
        {
            throw EcrErrors.ImageTagAlreadyExistsException(
                $"The image tag '{tag}' already exists in the '{current.Key.Name}' repository and cannot be overwritten because the tag is immutable.");
        }

        var (image, isNew) = await StoreAsync(current, manifest, content, digest, cancellationToken);
        var moves = tag is not null && tagged?.Document.Digest != digest.Text;
        if (moves)
        {
            await TagAsync(current, tag!, digest, cancellationToken);
        }

        return new PutImageOutcome(image, isNew || moves);
    }

    /// <summary>An image by its digest, or null.</summary>
    public async ValueTask<Stored<ImageDocument>?> FindAsync(Stored<RepositoryDocument> repository, string digest, CancellationToken cancellationToken) =>
        await _images.FindAsync(repository, digest, cancellationToken);

    /// <summary>The image a tag is on, or null.</summary>
    public async ValueTask<Stored<ImageDocument>?> FindTaggedAsync(Stored<RepositoryDocument> repository, string tag, CancellationToken cancellationToken) =>
        await _tags.FindAsync(repository, tag, cancellationToken) is { } found ? await FindAsync(repository, found.Document.Digest, cancellationToken) : null;

    /// <summary>An image by its digest or a tag, or null.</summary>
    public ValueTask<Stored<ImageDocument>?> FindByReferenceAsync(Stored<RepositoryDocument> repository, string reference, CancellationToken cancellationToken) =>
        BlobDigest.TryParse(reference, out var digest) ? FindAsync(repository, digest.Text, cancellationToken) : FindTaggedAsync(repository, reference, cancellationToken);

    /// <summary>The tags on an image, in order.</summary>
    public async ValueTask<IReadOnlyList<string>> TagsOfAsync(Stored<RepositoryDocument> repository, string digest, CancellationToken cancellationToken) =>
        [.. (await _tags.ListAsync(repository, cancellationToken, AttributeFilter.Equal(EcrKinds.DigestAttribute, digest)))
            .Select(tag => tag.Document.Tag).Order(StringComparer.Ordinal)];

    /// <summary>All images with their tags.</summary>
    public async ValueTask<StoredImages> ListAsync(Stored<RepositoryDocument> repository, CancellationToken cancellationToken)
    {
        // Tags first: an image that comes in between is then seen without one, rather than a tag without its image.
        var tags = await _tags.ListAsync(repository, cancellationToken);
        var images = await _images.ListAsync(repository, cancellationToken);
        var known = images.Select(image => image.Document.Digest).ToHashSet(StringComparer.Ordinal);
        return new StoredImages(
            images,
            tags.Where(tag => known.Contains(tag.Document.Digest)).OrderBy(tag => tag.Document.Tag, StringComparer.Ordinal).ToLookup(tag => tag.Document.Digest, tag => tag.Document.Tag));
    }

    /// <summary>Whether the repository has any image.</summary>
    public ValueTask<bool> AnyAsync(Stored<RepositoryDocument> repository, CancellationToken cancellationToken) => _images.AnyAsync(repository, cancellationToken);

    /// <summary>The artifacts that say something about an image.</summary>
    public async ValueTask<IReadOnlyList<Stored<ImageDocument>>> ReferrersAsync(Stored<RepositoryDocument> repository, BlobDigest subject, CancellationToken cancellationToken) =>
        await _images.ListAsync(repository, cancellationToken, AttributeFilter.Equal(EcrKinds.SubjectAttribute, subject.Text));

    /// <summary>The bytes of an image's manifest.</summary>
    /// <returns>Null when the image has been deleted meanwhile.</returns>
    public async ValueTask<byte[]?> ReadManifestAsync(ImageDocument image, CancellationToken cancellationToken) =>
        BlobDigest.TryParse(image.Digest, out var digest) ? await layers.Blobs.TryReadAsync(digest, ImageManifest.MaxSize, cancellationToken) : null;

    /// <summary>Takes a tag from its image, which stays.</summary>
    /// <returns>False when there is no such tag.</returns>
    public async ValueTask<bool> UntagAsync(Stored<RepositoryDocument> repository, string tag, CancellationToken cancellationToken)
    {
        using var turn = await repositories.EnterAsync(repository, cancellationToken);
        return await _tags.DeleteAsync(repository, tag, cancellationToken);
    }

    /// <summary>Deletes an image with its tags.</summary>
    /// <returns>
    /// What was deleted; null when there is no such image. With a reason instead when an index holds on to it.
    /// </returns>
    public async ValueTask<DeleteImageOutcome?> DeleteAsync(Stored<RepositoryDocument> repository, string digest, CancellationToken cancellationToken)
    {
        using var turn = await repositories.EnterAsync(repository, cancellationToken);
        if (await FindAsync(repository, digest, cancellationToken) is null)
        {
            return null;
        }

        var holders = (await _images.ListAsync(repository, cancellationToken))
            .Where(image => image.Document.Images.Contains(digest)).Select(image => image.Document.Digest).ToList();
        if (holders.Count > 0)
        {
            return new DeleteImageOutcome([], holders);
        }

        var tags = await TagsOfAsync(repository, digest, cancellationToken);
        foreach (var tag in tags)
        {
            await _tags.DeleteAsync(repository, tag, cancellationToken);
        }

        await _images.DeleteAsync(repository, digest, cancellationToken);
        return new DeleteImageOutcome(tags, []);
    }

    /// <summary>Notes that an image was pulled.</summary>
    public async ValueTask NotePullAsync(Stored<RepositoryDocument> repository, ImageDocument image, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (image.LastPull is not { } last || now - last >= PullTimeGrain)
        {
            await _images.UpdateAsync(repository, image.Digest, document => document with { LastPull = now }, cancellationToken);
        }
    }

    /// <summary>Notes that somebody asked for an image's scan.</summary>
    public async ValueTask NoteScanAsync(Stored<RepositoryDocument> repository, ImageDocument image, CancellationToken cancellationToken) =>
        await _images.UpdateAsync(repository, image.Digest, document => document with { ScanAsked = clock.GetUtcNow() }, cancellationToken);

    private async ValueTask<(ImageDocument Image, bool IsNew)> StoreAsync(
        Stored<RepositoryDocument> repository, ImageManifest manifest, ReadOnlyMemory<byte> content, BlobDigest digest, CancellationToken cancellationToken)
    {
        if (await FindAsync(repository, digest.Text, cancellationToken) is { } known)
        {
            return (known.Document, false);
        }

        var image = new ImageDocument
        {
            Repository = repository.Document.Id,
            Digest = digest.Text,
            MediaType = manifest.MediaType,
            ManifestSize = content.Length,
            Size = manifest.Size,
            ArtifactType = manifest.ArtifactType,
            Subject = manifest.Subject?.Text,
            Layers = [.. manifest.Layers.Select(layer => layer.Text)],
            Images = [.. manifest.Images.Select(one => one.Digest.Text).Distinct()],
            Annotations = manifest.Annotations,
            ScanAsked = repository.Document.ScanOnPush ? clock.GetUtcNow() : null,
        };
        using var hold = await layers.Blobs.HoldAsync(digest, cancellationToken);
        touches.Touch(repository.Document.Id, digest);
        if (layers.Blobs.FindLength(digest) is null)
        {
            using var upload = layers.Blobs.OpenUpload();
            try
            {
                using var stream = new MemoryStream(content.ToArray(), writable: false);
                await upload.AppendAsync(stream, ImageManifest.MaxSize, cancellationToken);
                await upload.CompleteAsync(digest, cancellationToken);
            }
            catch
            {
                upload.Discard();
                throw;
            }
        }

        var added = await _images.TryAddAsync(repository, digest.Text, image, cancellationToken);
        return (added?.Document ?? image, true);
    }

    private async ValueTask TagAsync(Stored<RepositoryDocument> repository, string tag, BlobDigest digest, CancellationToken cancellationToken)
    {
        var document = new ImageTagDocument(repository.Document.Id, tag, digest.Text);
        while (await _tags.UpdateAsync(repository, tag, _ => document, cancellationToken) is null
            && await _tags.TryAddAsync(repository, tag, document, cancellationToken) is null)
        {
            // Added or deleted in between by somebody else's process: look again.
        }
    }

    private async ValueTask CheckReferencesAsync(Stored<RepositoryDocument> repository, ImageManifest manifest, CancellationToken cancellationToken)
    {
        var missing = new List<BlobDigest>();
        foreach (var layer in manifest.Layers)
        {
            if (await layers.FindAsync(repository, layer, cancellationToken) is null)
            {
                missing.Add(layer);
            }
        }

        if (missing.Count > 0)
        {
            throw EcrErrors.LayersNotFoundException(
                $"Layers with digests '[{string.Join(", ", missing)}]' do not exist in the repository with name '{repository.Key.Name}' in the registry with id '{repository.Key.Account}'");
        }

        foreach (var (image, _) in manifest.Images)
        {
            if (await FindAsync(repository, image.Text, cancellationToken) is null)
            {
                missing.Add(image);
            }
        }

        if (missing.Count > 0)
        {
            throw EcrErrors.ReferencedImagesNotFoundException(
                $"Images with digests '[{string.Join(", ", missing)}]' required for pushing image into repository with name '{repository.Key.Name}' in the registry with id '{repository.Key.Account}' do not exist");
        }
    }
}
