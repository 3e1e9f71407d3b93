using System.Globalization;

using Sagebrush.Contracts.Ecr;
using Sagebrush.State.Blobs;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr.Storage;

/// <summary>The layers and configurations of images: which repository has which blob, and uploads on their way. Thread safe.</summary>
/// <remarks>
/// A blob is durable before a repository's link to it is, and a link goes before its blob does. Whatever a crash leaves is therefore a blob or
/// an upload too many, which the <see cref="RegistrySweep"/> finds.
/// </remarks>
internal sealed class LayerStore(BlobStore blobs, Touches touches, IResourceStore store)
{
    /// <summary>ECR's limit of a layer's size: 52,000 MiB.</summary>
    public const long MaxSize = 52_000L * 1024 * 1024;

    private readonly RepositoryContents<LayerDocument> _links = new(store, EcrKinds.Layer);
    private readonly RepositoryContents<LayerUploadDocument> _uploads = new(store, EcrKinds.Upload);

    /// <summary>The bytes of blobs.</summary>
    public BlobStore Blobs => blobs;

    /// <summary>The size of a blob of the repository, or null when it has none of that digest. Counts on it from now on.</summary>
    public async ValueTask<long?> FindAsync(Stored<RepositoryDocument> repository, BlobDigest digest, CancellationToken cancellationToken)
    {
        touches.Touch(repository.Document.Id, digest);
        return (await _links.FindAsync(repository, digest.Text, cancellationToken))?.Document.Size;
    }

    /// <summary>Gives a repository a blob of another one.</summary>
    /// <returns>False when the other one has none of that digest.</returns>
    public async ValueTask<bool> TryMountAsync(
        Stored<RepositoryDocument> from, Stored<RepositoryDocument> to, BlobDigest digest, CancellationToken cancellationToken)
    {
        if (await FindAsync(from, digest, cancellationToken) is not { } size)
        {
            return false;
        }

        using var hold = await blobs.HoldAsync(digest, cancellationToken);
        if (blobs.FindLength(digest) is null)
        {
            return false;
        }

        await LinkAsync(to, digest, size, cancellationToken);
        return true;
    }

    /// <summary>Begins an upload into a repository.</summary>
    public async ValueTask<Guid> BeginUploadAsync(Stored<RepositoryDocument> repository, CancellationToken cancellationToken)
    {
        var id = blobs.BeginUpload();
        try
        {
            await _uploads.TryAddAsync(repository, Name(id), new LayerUploadDocument(id, repository.Document.Id), cancellationToken);
            return id;
        }
        catch
        {
            blobs.CancelUpload(id);
            throw;
        }
    }

    /// <summary>How much of an upload is here.</summary>
    /// <exception cref="ServiceException"><c>UploadNotFoundException</c>.</exception>
    public async ValueTask<long> UploadedAsync(Stored<RepositoryDocument> repository, Guid id, CancellationToken cancellationToken)
    {
        await CheckUploadAsync(repository, id, cancellationToken);
        return blobs.FindUploadLength(id) ?? throw NoUpload(repository, id);
    }

    /// <summary>Takes an upload up to write on.</summary>
    /// <exception cref="ServiceException"><c>UploadNotFoundException</c>.</exception>
    /// <exception cref="BlobUploadBusyException">Another request writes to it.</exception>
    public async ValueTask<BlobUpload> TakeUploadAsync(Stored<RepositoryDocument> repository, Guid id, CancellationToken cancellationToken)
    {
        await CheckUploadAsync(repository, id, cancellationToken);
        return blobs.TryTakeUpload(id) ?? throw NoUpload(repository, id);
    }

    /// <summary>Ends an upload: its bytes become a blob of the repository.</summary>
    /// <returns>The size of the blob.</returns>
    /// <exception cref="ServiceException"><c>InvalidLayerException</c>: the bytes are not what the digest says. The upload is gone then.</exception>
    public async ValueTask<long> CompleteAsync(
        Stored<RepositoryDocument> repository, BlobUpload upload, BlobDigest digest, CancellationToken cancellationToken)
    {
        var size = upload.Length;
        if (await upload.DigestAsync(cancellationToken) != digest)
        {
            upload.Discard();
            await _uploads.DeleteAsync(repository, Name(upload.Id), cancellationToken);
            throw EcrErrors.InvalidLayerException(
                $"The bytes received do not have the digest '{digest}': the upload was damaged, or the digest is another layer's. Upload the layer again.");
        }

        using (await blobs.HoldAsync(digest, cancellationToken))
        {
            await upload.CompleteAsync(digest, cancellationToken);
            await LinkAsync(repository, digest, size, cancellationToken);
        }

        await _uploads.DeleteAsync(repository, Name(upload.Id), cancellationToken);
        return size;
    }

    /// <summary>Takes a whole blob in at once.</summary>
    /// <exception cref="ServiceException"><c>InvalidLayerException</c>.</exception>
    public async ValueTask<long> AddAsync(Stored<RepositoryDocument> repository, Stream content, BlobDigest digest, CancellationToken cancellationToken)
    {
        using var upload = blobs.OpenUpload();
        try
        {
            await upload.AppendAsync(content, MaxSize, cancellationToken);
        }
        catch
        {
            // Nobody was told of it, so nobody can go on with it.
            upload.Discard();
            throw;
        }

        return await CompleteAsync(repository, upload, digest, cancellationToken);
    }

    /// <summary>Gives an upload up.</summary>
    /// <exception cref="ServiceException"><c>UploadNotFoundException</c>.</exception>
    /// <exception cref="BlobUploadBusyException">Another request writes to it.</exception>
    public async ValueTask CancelUploadAsync(Stored<RepositoryDocument> repository, Guid id, CancellationToken cancellationToken)
    {
        await CheckUploadAsync(repository, id, cancellationToken);
        blobs.CancelUpload(id);
        await _uploads.DeleteAsync(repository, Name(id), cancellationToken);
    }

    /// <summary>Takes a blob from a repository; other repositories keep it.</summary>
    /// <returns>False when the repository has none of that digest.</returns>
    public ValueTask<bool> UnlinkAsync(Stored<RepositoryDocument> repository, BlobDigest digest, CancellationToken cancellationToken) =>
        _links.DeleteAsync(repository, digest.Text, cancellationToken);

    private async ValueTask LinkAsync(Stored<RepositoryDocument> repository, BlobDigest digest, long size, CancellationToken cancellationToken)
    {
        touches.Touch(repository.Document.Id, digest);
        await _links.TryAddAsync(repository, digest.Text, new LayerDocument(repository.Document.Id, digest.Text, size), cancellationToken);
    }

    private async ValueTask CheckUploadAsync(Stored<RepositoryDocument> repository, Guid id, CancellationToken cancellationToken)
    {
        if (await _uploads.FindAsync(repository, Name(id), cancellationToken) is null)
        {
            throw NoUpload(repository, id);
        }
    }

    private static string Name(Guid id) => id.ToString("D", CultureInfo.InvariantCulture);

    private static ServiceException NoUpload(Stored<RepositoryDocument> repository, Guid id) => EcrErrors.UploadNotFoundException(
        $"The upload with id '{id}' does not exist in the repository with name '{repository.Key.Name}' in the registry with id '{repository.Key.Account}'");
}
