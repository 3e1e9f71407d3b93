using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Sagebrush.State.Blobs;

/// <summary>Keeps bytes in plain files named after their SHA-256, so that equal bytes are kept once.</summary>
/// <remarks>
/// <para>
/// Bytes arrive in <c>uploads/ID</c>, hashed as they are written; a whole upload is flushed, then renamed to <c>sha256/xx/HEX</c>. What lies
/// there is complete and proved. A crash leaves uploads behind, which go on from their length, after their bytes have been hashed anew.
/// </para>
/// <para>
/// The store does not know who refers to a blob: whoever does records it before letting go of <see cref="HoldAsync"/>, and whoever removes a
/// blob looks for references under the same hold. Thread safe.
/// </para>
/// </remarks>
public sealed class BlobStore
{
    private readonly string _uploads;
    private readonly string _blobs;
    private readonly KeyedGate<BlobDigest> _holds = new();
    private readonly Dictionary<Guid, BlobUpload> _open = [];

    private BlobStore(string root)
    {
        _uploads = Path.Combine(root, "uploads");
        _blobs = Path.Combine(root, "sha256");
        Directory.CreateDirectory(_uploads);
        Directory.CreateDirectory(_blobs);
    }

    /// <summary>Opens the store in a folder, which is made if need be.</summary>
    public static BlobStore Open(string folder) => new(folder);

    /// <summary>Keeps a blob from coming and going until the result is disposed.</summary>
    public ValueTask<IDisposable> HoldAsync(BlobDigest digest, CancellationToken cancellationToken) => _holds.EnterAsync(digest, cancellationToken);

    /// <summary>The length of a blob in bytes, or null when it is not here.</summary>
    public long? FindLength(BlobDigest digest)
    {
        var file = new FileInfo(BlobPath(digest));
        return file.Exists ? file.Length : null;
    }

    /// <summary>Opens a blob for reading; who has it open reads on when it is removed.</summary>
    /// <returns>Null when it is not here.</returns>
    public SafeFileHandle? TryOpen(BlobDigest digest)
    {
        try
        {
            return File.OpenHandle(BlobPath(digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Reads a small blob whole.</summary>
    /// <param name="digest">Which.</param>
    /// <param name="limit">The most bytes to hold.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when it is not here, or larger.</returns>
    public async Task<byte[]?> TryReadAsync(BlobDigest digest, int limit, CancellationToken cancellationToken)
    {
        using var handle = TryOpen(digest);
        if (handle is null || RandomAccess.GetLength(handle) is var length && length > limit)
        {
            return null;
        }

        var content = new byte[RandomAccess.GetLength(handle)];
        for (var offset = 0; offset < content.Length;)
        {
            var read = await RandomAccess.ReadAsync(handle, content.AsMemory(offset), offset, cancellationToken);
            offset += read > 0 ? read : throw new EndOfStreamException($"The blob {digest} ended early.");
        }

        return content;
    }

    /// <summary>Removes a blob. The caller holds it and has seen that nothing refers to it.</summary>
    public void Remove(BlobDigest digest)
    {
        try
        {
            File.Delete(BlobPath(digest));
        }
        catch (DirectoryNotFoundException)
        {
            // Never was here.
        }
    }

    /// <summary>All blobs, with the times they arrived at.</summary>
    public IEnumerable<(BlobDigest Digest, DateTimeOffset Arrived)> Blobs()
    {
        foreach (var file in new DirectoryInfo(_blobs).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            if (BlobDigest.TryParse("sha256:" + file.Name, out var digest))
            {
                yield return (digest, new DateTimeOffset(file.LastWriteTimeUtc));
            }
        }
    }

    /// <summary>Begins an upload.</summary>
    /// <returns>Its identifier.</returns>
    public Guid BeginUpload()
    {
        var id = Guid.NewGuid();
        File.OpenHandle(UploadPath(id), FileMode.CreateNew, FileAccess.Write).Dispose();
        return id;
    }

    /// <summary>Begins an upload and takes it up at once, so that nobody can cancel it in between. Dispose it to let go.</summary>
    public BlobUpload OpenUpload()
    {
        lock (_open)
        {
            return TryTakeUpload(BeginUpload())!;
        }
    }

    /// <summary>How many bytes of an upload are here, or null when there is no such upload.</summary>
    public long? FindUploadLength(Guid id)
    {
        lock (_open)
        {
            if (_open.TryGetValue(id, out var open) && open.IsBusy)
            {
                return open.Length;
            }
        }

        var file = new FileInfo(UploadPath(id));
        return file.Exists ? file.Length : null;
    }

    /// <summary>Takes an upload up to write on. One at a time may; dispose it to let go.</summary>
    /// <returns>Null when there is no such upload.</returns>
    /// <exception cref="BlobUploadBusyException">Somebody else writes to it at this moment.</exception>
    public BlobUpload? TryTakeUpload(Guid id)
    {
        lock (_open)
        {
            if (!_open.TryGetValue(id, out var upload))
            {
                if (!File.Exists(UploadPath(id)))
                {
                    return null;
                }

                _open[id] = upload = new BlobUpload(this, id, UploadPath(id));
            }

            return upload.TryTake() ? upload : throw new BlobUploadBusyException(id);
        }
    }

    /// <summary>Gives an upload up and removes what is here of it.</summary>
    /// <exception cref="BlobUploadBusyException">Somebody writes to it at this moment.</exception>
    public void CancelUpload(Guid id)
    {
        using var upload = TryTakeUpload(id);
        upload?.Discard();
    }

    /// <summary>All uploads that have begun and not ended, with the times they were last written to.</summary>
    public IEnumerable<(Guid Id, DateTimeOffset Written)> Uploads() => new DirectoryInfo(_uploads).EnumerateFiles()
        .Select(file => (Guid.TryParseExact(file.Name, "N", out var id) ? id : Guid.Empty, new DateTimeOffset(file.LastWriteTimeUtc)))
        .Where(upload => upload.Item1 != Guid.Empty);

    internal string PlaceFor(BlobDigest digest)
    {
        var path = BlobPath(digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    internal void Forget(Guid id)
    {
        lock (_open)
        {
            _open.Remove(id);
        }
    }

    private string UploadPath(Guid id) => Path.Combine(_uploads, id.ToString("N", CultureInfo.InvariantCulture));

    private string BlobPath(BlobDigest digest) => Path.Combine(_blobs, digest.Hex[..2], digest.Hex);
}
