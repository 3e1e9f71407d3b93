using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Sagebrush.State.Paging;

/// <summary>
/// Turns the place where a page ended into a token that callers cannot read meaning into, alter, or use with another
/// query: the place and the query are signed together.
/// </summary>
/// <remarks>Thread-safe. Tokens stay valid as long as the key does.</remarks>
public sealed class PageTokenProtector
{
    private const int SignatureBytes = 16;
    private const int LongestToken = 8192;

    private readonly byte[] _key;

    /// <summary>Signs with the given key (32 random bytes).</summary>
    public PageTokenProtector(ReadOnlySpan<byte> key) => _key = key.ToArray();

    /// <summary>Makes a token.</summary>
    /// <param name="position">Where the page ended.</param>
    /// <param name="query">Everything that selects and orders the results, but not the page size.</param>
    public string Protect(ReadOnlySpan<byte> position, string query)
    {
        Span<byte> token = new byte[SignatureBytes + position.Length];
        position.CopyTo(token[SignatureBytes..]);
        Sign(position, query, token[..SignatureBytes]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Reads a token.</summary>
    /// <returns>The place where the page ended.</returns>
    /// <exception cref="InvalidPageTokenException">The token is not one of ours, or belongs to another query.</exception>
    public byte[] Unprotect(string token, string query)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (token.Length > LongestToken || !Base64Url.IsValid(token))
        {
            throw new InvalidPageTokenException();
        }

        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length < SignatureBytes)
        {
            throw new InvalidPageTokenException();
        }

        Span<byte> expected = stackalloc byte[SignatureBytes];
        var position = bytes.AsSpan(SignatureBytes);
        Sign(position, query, expected);
        return CryptographicOperations.FixedTimeEquals(expected, bytes.AsSpan(0, SignatureBytes))
            ? position.ToArray()
            : throw new InvalidPageTokenException();
    }

    private void Sign(ReadOnlySpan<byte> position, string query, Span<byte> signature)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);

        // The length keeps the border between the two parts from being moved.
        hash.AppendData(BitConverter.GetBytes(position.Length));
        hash.AppendData(position);
        hash.AppendData(Encoding.UTF8.GetBytes(query));
        Span<byte> full = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(full);
        full[..SignatureBytes].CopyTo(signature);
    }
}
