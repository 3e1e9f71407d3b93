using Sagebrush.State.Blobs;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Ecr.Storage;

/// <summary>Removes what nothing refers to any more: contents of deleted repositories, layers of no image, blobs of no repository, uploads nobody goes on with.</summary>
/// <remarks>
/// Safe beside pushes. A link goes only while its repository's images stand still and after the grace time in which nobody counted on it; a
/// blob goes only under its hold, if nobody counted on it since the sweep began. Killed anywhere, the next sweep goes on.
/// </remarks>
internal sealed class RegistrySweep(
    BlobStore blobs, Repositories repositories, Touches touches, RegistryOptions options, IResourceStore store, TimeProvider clock)
{
    private readonly RepositoryContents<ImageDocument> _images = new(store, EcrKinds.Image);
    private readonly RepositoryContents<ImageTagDocument> _tags = new(store, EcrKinds.Tag);
    private readonly RepositoryContents<LayerDocument> _layers = new(store, EcrKinds.Layer);
    private readonly RepositoryContents<LayerUploadDocument> _uploads = new(store, EcrKinds.Upload);

    /// <summary>Sweeps once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var began = clock.GetUtcNow();
        var living = new LivingRepositories(repositories);
        await foreach (var repository in repositories.ScanAsync(cancellationToken))
        {
            await SweepLayersAsync(repository, cancellationToken);
        }

        var referenced = new HashSet<string>(StringComparer.Ordinal);
        await SweepDeadAsync(_tags, living, null, cancellationToken);
        await SweepDeadAsync(_images, living, referenced, cancellationToken);
        await SweepDeadAsync(_layers, living, referenced, cancellationToken);
        await SweepUploadsAsync(living, began, cancellationToken);
        foreach (var (digest, arrived) in blobs.Blobs())
        {
            if (!referenced.Contains(digest.Text) && arrived < began - options.LayerGrace)
            {
                using var hold = await blobs.HoldAsync(digest, cancellationToken);
                if (touches.LastOf(digest) < began)
                {
                    blobs.Remove(digest);
                }
            }
        }

        touches.ForgetBefore(began - options.LayerGrace);
    }

    private async Task SweepLayersAsync(Stored<RepositoryDocument> repository, CancellationToken cancellationToken)
    {
        using var turn = await repositories.EnterAsync(repository, cancellationToken);
        var used = (await _images.ListAsync(repository, cancellationToken)).SelectMany(image => image.Document.Layers).ToHashSet(StringComparer.Ordinal);
        var end = clock.GetUtcNow() - options.LayerGrace;
        foreach (var layer in await _layers.ListAsync(repository, cancellationToken))
        {
            if (!used.Contains(layer.Document.Digest) && layer.Created < end
                && BlobDigest.TryParse(layer.Document.Digest, out var digest) && touches.LastOf(repository.Document.Id, digest) < end)
            {
                await _layers.DeleteAsync(layer.Key, cancellationToken);
            }
        }
    }

    /// <summary>Removes what belongs to no repository, and collects the digests of what does.</summary>
    private static async Task SweepDeadAsync<TDocument>(
        RepositoryContents<TDocument> contents, LivingRepositories living, HashSet<string>? referenced, CancellationToken cancellationToken)
        where TDocument : class
    {
        await foreach (var (key, _) in contents.ScanAsync(cancellationToken))
        {
            var slash = key.Name.IndexOf('/', StringComparison.Ordinal);
            if (await living.ContainsAsync(key.Name[..slash], cancellationToken))
            {
                referenced?.Add(key.Name[(slash + 1)..]);
            }
            else
            {
                await contents.DeleteAsync(key, cancellationToken);
            }
        }
    }

    private async Task SweepUploadsAsync(LivingRepositories living, DateTimeOffset began, CancellationToken cancellationToken)
    {
        var known = new HashSet<Guid>();
        await foreach (var (key, _) in _uploads.ScanAsync(cancellationToken))
        {
            var slash = key.Name.IndexOf('/', StringComparison.Ordinal);
            var id = Guid.ParseExact(key.Name.AsSpan(slash + 1), "D");
            if (blobs.FindUploadLength(id) is null || !await living.ContainsAsync(key.Name[..slash], cancellationToken))
            {
                await _uploads.DeleteAsync(key, cancellationToken);
            }
            else
            {
                known.Add(id);
            }
        }

        foreach (var (id, written) in blobs.Uploads())
        {
            if (written < began - (known.Contains(id) ? options.UploadGrace : options.LayerGrace))
            {
                try
                {
                    blobs.CancelUpload(id);
                }
                catch (BlobUploadBusyException)
                {
                    // Somebody goes on with it after all.
                }
            }
        }
    }
}
