using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sagebrush.State.Objects.Encryption;

/// <summary>
/// The format of an encrypted file: a header with the version and the salt of the file's own key, then chunks of 64 KiB, each sealed
/// by AES-256-GCM under its number. Any chunk can be read alone, and none can be changed, moved or taken from another file unnoticed.
/// </summary>
internal sealed class ChunkCipher : IDisposable
{
    /// <summary>The bytes before the first chunk.</summary>
    public const int HeaderSize = 32;

    /// <summary>The bytes of content in each chunk but the last, which may have fewer.</summary>
    public const int ChunkSize = 64 * 1024;

    /// <summary>The bytes that a chunk has on the disk beyond its content.</summary>
    public const int TagSize = 16;

    private const byte Version = 1;

    private readonly AesGcm _aes;

    private ChunkCipher(CustomerKey key, ReadOnlySpan<byte> header)
    {
        var fileKey = key.DeriveFileKey(header[1..]);
        _aes = new AesGcm(fileKey, TagSize);
        CryptographicOperations.ZeroMemory(fileKey);
    }

    /// <summary>Where on the disk a chunk begins.</summary>
    public static long PositionOf(long chunk) => HeaderSize + (chunk * (ChunkSize + TagSize));

    /// <summary>Begins a file.</summary>
    /// <param name="key">The client's key.</param>
    /// <param name="header">Receives the header.</param>
    public static ChunkCipher Create(CustomerKey key, Span<byte> header)
    {
        header[0] = Version;
        RandomNumberGenerator.Fill(header[1..HeaderSize]);
        return new(key, header[..HeaderSize]);
    }

    /// <summary>Goes on with a file there is.</summary>
    /// <exception cref="IOException">It is no encrypted file.</exception>
    public static ChunkCipher Open(CustomerKey key, ReadOnlySpan<byte> header) => header is [Version, ..] && header.Length == HeaderSize
        ? new(key, header)
        : throw new IOException("The content has no header of an encrypted file.");

    public void Encrypt(long chunk, ReadOnlySpan<byte> content, Span<byte> output) =>
        _aes.Encrypt(Nonce(chunk, stackalloc byte[12]), content, output[..content.Length], output.Slice(content.Length, TagSize));

    /// <exception cref="IOException">The bytes are not what was written.</exception>
    public void Decrypt(long chunk, ReadOnlySpan<byte> input, Span<byte> content)
    {
        try
        {
            _aes.Decrypt(Nonce(chunk, stackalloc byte[12]), input[..^TagSize], input[^TagSize..], content);
        }
        catch (AuthenticationTagMismatchException mismatch)
        {
            throw new IOException($"Chunk {chunk} of an encrypted content is damaged.", mismatch);
        }
    }

    public void Dispose() => _aes.Dispose();

    private static Span<byte> Nonce(long chunk, Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[4..], chunk);
        return nonce;
    }
}
