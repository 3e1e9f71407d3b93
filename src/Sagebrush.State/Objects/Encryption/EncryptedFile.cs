using System.Buffers;

namespace Sagebrush.State.Objects.Encryption;

/// <summary>An encrypted file as the content it holds: reads decrypt the chunks they need.</summary>
/// <param name="file">The file, which belongs to this one.</param>
/// <param name="key">The client's key.</param>
/// <param name="length">The bytes of content.</param>
internal sealed class EncryptedFile(ContentFile file, CustomerKey key, long length) : ContentFile
{
    private const int NoChunk = -1;

    private readonly byte[] _content = ArrayPool<byte>.Shared.Rent(ChunkCipher.ChunkSize);
    private readonly byte[] _sealed = ArrayPool<byte>.Shared.Rent(ChunkCipher.ChunkSize + ChunkCipher.TagSize);
    private ChunkCipher? _cipher;
    private long _chunk = NoChunk;
    private bool _disposed;

    /// <summary>Decrypts a file that is in memory whole.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="key">The client's key.</param>
    /// <exception cref="IOException">The bytes are not what was written.</exception>
    public static byte[] Decrypt(ReadOnlySpan<byte> bytes, CustomerKey key)
    {
        using var cipher = ChunkCipher.Open(key, bytes[..Math.Min(bytes.Length, ChunkCipher.HeaderSize)]);
        var rest = bytes[ChunkCipher.HeaderSize..];
        if (rest.IsEmpty)
        {
            return [];
        }

        var content = new byte[rest.Length - ChunkCipher.TagSize];
        cipher.Decrypt(0, rest, content);
        return content;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (offset >= length)
        {
            return 0;
        }

        var (chunk, within) = Math.DivRem(offset, ChunkCipher.ChunkSize);
        var count = (int)Math.Min(ChunkCipher.ChunkSize, length - (chunk * ChunkCipher.ChunkSize));
        if (chunk != _chunk)
        {
            await LoadAsync(chunk, count, cancellationToken);
        }

        var read = Math.Min(buffer.Length, count - (int)within);
        _content.AsMemory((int)within, read).CopyTo(buffer);
        return read;
    }

    public override void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _cipher?.Dispose();
        file.Dispose();
        ArrayPool<byte>.Shared.Return(_content, clearArray: true);
        ArrayPool<byte>.Shared.Return(_sealed);
    }

    private async ValueTask LoadAsync(long chunk, int count, CancellationToken cancellationToken)
    {
        if (_cipher is null)
        {
            await ReadExactlyAsync(_sealed.AsMemory(0, ChunkCipher.HeaderSize), 0, cancellationToken);
            _cipher = ChunkCipher.Open(key, _sealed.AsSpan(0, ChunkCipher.HeaderSize));
        }

        _chunk = NoChunk;
        var bytes = _sealed.AsMemory(0, count + ChunkCipher.TagSize);
        await ReadExactlyAsync(bytes, ChunkCipher.PositionOf(chunk), cancellationToken);
        _cipher.Decrypt(chunk, bytes.Span, _content.AsSpan(0, count));
        _chunk = chunk;
    }

    private async ValueTask ReadExactlyAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            var read = await file.ReadAsync(buffer, offset, cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException("An encrypted content is shorter than the index says.");
            }

            buffer = buffer[read..];
            offset += read;
        }
    }
}
