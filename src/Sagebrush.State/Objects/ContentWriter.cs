using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Sagebrush.State.Objects.Checksums;
using Sagebrush.State.Objects.Encryption;

namespace Sagebrush.State.Objects;

/// <summary>Takes bytes in: few into memory, many into a staged file, hashing while the disk writes and the client sends.</summary>
internal sealed class ContentWriter(ContentFolder folder, IdSequence ids)
{
    /// <summary>
    /// Up to this size bytes live in the index. Measured on a disk with 2.3 ms a flush: a file costs a second flush, so a small PUT
    /// takes half the time inline, and concurrent ones share one flush between them.
    /// </summary>
    public const int InlineLimit = 16 * 1024;

    private const int ChunkSize = 256 * 1024;

    /// <summary>
    /// A large file is flushed while its bytes still come in, this many at a time, so that the last flush, which the client waits
    /// for, finds little to do.
    /// </summary>
    private const int FlushSize = 8 * 1024 * 1024;

    public async Task<PendingContent> WriteAsync(Stream content, ContentOptions options, CancellationToken cancellationToken)
    {
        using var hasher = new ContentHasher(options.Checksums);
        var current = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            var length = await content.ReadAtLeastAsync(current.AsMemory(0, ChunkSize), ChunkSize, false, cancellationToken);
            var file = length <= InlineLimit
                ? WriteInline(current.AsSpan(0, length), hasher, options)
                : await WriteFileAsync(content, current, length, hasher, options, cancellationToken);
            return new(folder, file, hasher.Finish(), options);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(current);
        }
    }

    private PendingFile WriteInline(ReadOnlySpan<byte> content, ContentHasher hasher, ContentOptions options)
    {
        CheckSize(content.Length, options);
        hasher.Append(content);
        using var encryptor = options.Key is { } key ? new ContentEncryptor(key, content.Length) : null;
        return new(ids.Next(), content.Length, encryptor?.Next(content).ToArray() ?? content.ToArray());
    }

    private async Task<PendingFile> WriteFileAsync(
        Stream content, byte[] first, int length, ContentHasher hasher, ContentOptions options, CancellationToken cancellationToken)
    {
        var id = ids.Next();
        var second = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            using var handle = folder.Create(id);
            var size = await PumpAsync(content, handle, first, second, length, hasher, options, cancellationToken);
            RandomAccess.FlushToDisk(handle);
            await folder.SealAsync(id, cancellationToken);
            return new(id, size, null);
        }
        catch
        {
            await folder.RemoveStagedAsync(id);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(second);
        }
    }

    private static async Task<long> PumpAsync(
        Stream content, SafeFileHandle handle, byte[] current, byte[] next, int length, ContentHasher hasher, ContentOptions options, CancellationToken cancellationToken)
    {
        using var encryptor = options.Key is { } key ? new ContentEncryptor(key, ChunkSize) : null;
        var (size, position, flushed) = (0L, 0L, 0L);
        var flushing = Task.CompletedTask;
        try
        {
            while (length > 0)
            {
                CheckSize(size + length, options);
                var outgoing = encryptor?.Next(current.AsSpan(0, length)) ?? current.AsMemory(0, length);
                var writing = RandomAccess.WriteAsync(handle, outgoing, position, cancellationToken).AsTask();
                var reading = length == ChunkSize
                    ? content.ReadAtLeastAsync(next.AsMemory(0, ChunkSize), ChunkSize, false, cancellationToken).AsTask()
                    : Task.FromResult(0);
                hasher.Append(current.AsSpan(0, length));

                // Both must have ended before the buffers go back to the pool, also when one of them fails.
                await Task.WhenAll(writing, reading);
                size += length;
                position += outgoing.Length;
                length = await reading;
                (current, next) = (next, current);
                if (position - flushed >= FlushSize && flushing.IsCompleted)
                {
                    // A disk tells of a failed write once, so a failed flush counts even if the next succeeds.
                    await flushing;
                    flushing = Task.Run(() => RandomAccess.FlushToDisk(handle), CancellationToken.None);
                    flushed = position;
                }
            }

            await flushing;
            return size;
        }
        finally
        {
            // The file must not be closed under a flush.
            await flushing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static void CheckSize(long size, ContentOptions options)
    {
        if (size > options.MaxBytes)
        {
            throw new ObjectStoreException(
                ObjectStoreError.EntityTooLarge, $"Your proposed upload exceeds the maximum allowed size of {options.MaxBytes} bytes");
        }
    }
}
