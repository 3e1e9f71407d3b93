namespace Sagebrush.State.Objects.Encryption;

/// <summary>Turns content that comes in pieces into the bytes of an encrypted file.</summary>
internal sealed class ContentEncryptor : IDisposable
{
    private readonly ChunkCipher _cipher;
    private readonly byte[] _output;
    private int _pending;
    private long _chunk;

    /// <param name="key">The client's key.</param>
    /// <param name="largestPiece">The most bytes in a piece.</param>
    public ContentEncryptor(CustomerKey key, int largestPiece)
    {
        var chunks = (largestPiece + ChunkCipher.ChunkSize - 1) / ChunkCipher.ChunkSize;
        _output = new byte[ChunkCipher.HeaderSize + largestPiece + (chunks * ChunkCipher.TagSize)];
        _cipher = ChunkCipher.Create(key, _output);
        _pending = ChunkCipher.HeaderSize;
    }

    /// <summary>Encrypts the next piece: whole chunks, unless it is the last one.</summary>
    /// <returns>What is to be written next, good until the next call.</returns>
    public ReadOnlyMemory<byte> Next(ReadOnlySpan<byte> content)
    {
        var length = _pending;
        _pending = 0;
        while (!content.IsEmpty)
        {
            var piece = content[..Math.Min(content.Length, ChunkCipher.ChunkSize)];
            _cipher.Encrypt(_chunk++, piece, _output.AsSpan(length));
            length += piece.Length + ChunkCipher.TagSize;
            content = content[piece.Length..];
        }

        return _output.AsMemory(0, length);
    }

    public void Dispose() => _cipher.Dispose();
}
