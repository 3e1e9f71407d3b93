using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Sagebrush.Wire.Signing;

/// <summary>
/// Packs a session's credential into its own token, encrypted and authenticated with AES-256-GCM, so that sessions need no storage
/// and outlive a restart.
/// </summary>
internal sealed class SessionTokenSeal(byte[] key)
{
    public const int KeyLength = 32;

    private const byte Version = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int MaxTokenLength = 4096;

    public string Seal(string accessKeyId, string secret, Principal principal, DateTimeOffset expiration)
    {
        using var plain = new MemoryStream();
        using (var writer = new BinaryWriter(plain, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(expiration.ToUnixTimeSeconds());
            writer.Write(accessKeyId);
            writer.Write(secret);
            writer.Write(principal.AccountId);
            writer.Write(principal.Arn);
            writer.Write(principal.UserId);
        }

        var content = plain.GetBuffer().AsSpan(0, (int)plain.Length);
        var token = new byte[1 + NonceLength + content.Length + TagLength];
        token[0] = Version;
        var nonce = token.AsSpan(1, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagLength);
        cipher.Encrypt(nonce, content, token.AsSpan(1 + NonceLength, content.Length), token.AsSpan(token.Length - TagLength), token.AsSpan(0, 1));
        CryptographicOperations.ZeroMemory(content);
        return Convert.ToBase64String(token);
    }

    /// <summary>Opens a token; false unless it was sealed with our key.</summary>
    public bool TryOpen(ReadOnlySpan<char> token, [NotNullWhen(true)] out Credential? credential)
    {
        credential = null;
        if (token.Length > MaxTokenLength)
        {
            return false;
        }

        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64Chars(token, bytes, out var length) || length < 1 + NonceLength + TagLength || bytes[0] != Version)
        {
            return false;
        }

        var sealedBytes = bytes.AsSpan(0, length);
        var content = new byte[length - 1 - NonceLength - TagLength];
        using var cipher = new AesGcm(key, TagLength);
        try
        {
            cipher.Decrypt(
                sealedBytes.Slice(1, NonceLength), sealedBytes.Slice(1 + NonceLength, content.Length), sealedBytes[^TagLength..], content, sealedBytes[..1]);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        using var reader = new BinaryReader(new MemoryStream(content), Encoding.UTF8);
        var expiration = DateTimeOffset.FromUnixTimeSeconds(reader.ReadInt64());
        var accessKeyId = reader.ReadString();
        var secret = reader.ReadString();
        var principal = new Principal(reader.ReadString(), reader.ReadString(), reader.ReadString());
        credential = new Credential(accessKeyId, secret, principal, token.ToString(), expiration);
        return true;
    }
}
