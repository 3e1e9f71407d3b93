using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Sagebrush.State.Blobs;

/// <summary>Bytes on their way in, taken up by one writer. Disposing it lets go; what was written stays for the next.</summary>
/// <remarks>The hash of what was written is kept in memory between writers; after a restart it is computed anew from the file.</remarks>
public sealed class BlobUpload : IDisposable
{
    private const int ChunkSize = 256 * 1024;

    private readonly BlobStore _store;
    private readonly string _path;
    private SafeFileHandle? _file;
    private IncrementalHash? _hash;
    private long _hashed;
    private long _length;
    private int _taken;

    internal BlobUpload(BlobStore store, Guid id, string path) => (_store, Id, _path, _length) = (store, id, path, new FileInfo(path).Length);

    /// <summary>Its identifier.</summary>
    public Guid Id { get; }

    /// <summary>How many bytes are here.</summary>
    public long Length => Interlocked.Read(ref _length);

    internal bool IsBusy => Volatile.Read(ref _taken) != 0;

    /// <summary>Writes what a stream holds behind what is here, hashing it meanwhile; memory is bounded whatever its length.</summary>
    /// <param name="content">The bytes. When it breaks off, what was written before stays.</param>
    /// <param name="limit">The most bytes the upload may have.</param>
    /// <param name="cancellationToken">Gives up; what was written stays.</param>
    /// <exception cref="BlobTooLargeException">There was more.</exception>
    public async Task AppendAsync(Stream content, long limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        await CatchUpAsync(cancellationToken);
        var (current, next) = (ArrayPool<byte>.Shared.Rent(ChunkSize), ArrayPool<byte>.Shared.Rent(ChunkSize));
        try
        {
            var filled = await content.ReadAtLeastAsync(current.AsMemory(0, ChunkSize), ChunkSize, false, cancellationToken);
            while (filled > 0)
            {
                if (Length + filled > limit)
                {
                    throw new BlobTooLargeException(limit);
                }

                var reading = filled == ChunkSize
                    ? content.ReadAtLeastAsync(next.AsMemory(0, ChunkSize), ChunkSize, false, cancellationToken).AsTask()
                    : Task.FromResult(0);
                await WriteAsync(current.AsMemory(0, filled), reading);

                // Only what is both written and hashed counts; a stream that broke off meanwhile is told now.
                filled = await reading;
                (current, next) = (next, current);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(current);
            ArrayPool<byte>.Shared.Return(next);
        }
    }

    /// <summary>The digest of what is here.</summary>
    public async Task<BlobDigest> DigestAsync(CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken);
        return BlobDigest.FromHash(_hash!.GetCurrentHash());
    }

    /// <summary>
    /// Makes the upload a blob: it is durable when this returns, and the upload is gone. The caller holds the digest, which
    /// <see cref="DigestAsync"/> has told.
    /// </summary>
    public async Task CompleteAsync(BlobDigest digest, CancellationToken cancellationToken)
    {
        if (await DigestAsync(cancellationToken) != digest)
        {
            throw new InvalidOperationException($"The upload is not {digest}.");
        }

        var file = _file!;
        RandomAccess.FlushToDisk(file);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        // Renaming changes the file's own record as well, so a second flush makes the new name durable. Nothing else is dirty: it is cheap.
        File.Move(_path, _store.PlaceFor(digest), overwrite: true);
        RandomAccess.FlushToDisk(file);
        _store.Forget(Id);
        Close();
    }

    /// <summary>Removes the upload.</summary>
    public void Discard()
    {
        // The file first: whoever asks meanwhile still finds the upload taken.
        File.Delete(_path);
        _store.Forget(Id);
        Close();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The file is not kept open between writers: there may be many uploads that nobody goes on with.
        _file?.Dispose();
        _file = null;
        Volatile.Write(ref _taken, 0);
    }

    internal bool TryTake() => Interlocked.CompareExchange(ref _taken, 1, 0) == 0;

    private async Task WriteAsync(ReadOnlyMemory<byte> chunk, Task<int> reading)
    {
        try
        {
            var writing = RandomAccess.WriteAsync(_file!, chunk, _length, CancellationToken.None).AsTask();
            _hash!.AppendData(chunk.Span);
            await writing;
            Interlocked.Add(ref _length, chunk.Length);
            _hashed = _length;
        }
        catch
        {
            // The hash may be ahead of the file: it is computed anew when somebody goes on. The buffers are in use until the read ends.
            _hash?.Dispose();
            _hash = null;
            RandomAccess.SetLength(_file!, _length);
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        _file ??= File.OpenHandle(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
        if (_hash is not null && _hashed == _length)
        {
            return;
        }

        _hash?.Dispose();
        _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        _hashed = 0;
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            while (_hashed < _length)
            {
                var read = await RandomAccess.ReadAsync(_file, buffer.AsMemory(0, (int)Math.Min(ChunkSize, _length - _hashed)), _hashed, cancellationToken);
                _hash.AppendData(buffer.AsSpan(0, read > 0 ? read : throw new EndOfStreamException($"The upload {Id} became shorter.")));
                _hashed += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
        _hash?.Dispose();
        _hash = null;
    }
}
