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

    private const byte Version = 2;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int MaxTokenLength = 16 * 1024;

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
            Write(writer, principal.Session);
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
        var principal = new Principal(reader.ReadString(), reader.ReadString(), reader.ReadString()) { Session = ReadTerms(reader) };
        credential = new Credential(accessKeyId, secret, principal, token.ToString(), expiration);
        return true;
    }

    private static void Write(BinaryWriter writer, SessionTerms? terms)
    {
        writer.Write(terms is not null);
        if (terms is null)
        {
            return;
        }

        writer.Write(terms.IdentityArn);
        writer.Write(terms.Issued.ToUnixTimeSeconds());
        writer.Write(terms.IsForJob);
        Write(writer, terms.Policies);
        Write(writer, terms.PolicyArns);
        Write(writer, [.. terms.Tags.SelectMany(tag => new[] { tag.Key, tag.Value })]);
        Write(writer, terms.TransitiveTagKeys);
        writer.Write(terms.SourceIdentity ?? "");
    }

    private static void Write(BinaryWriter writer, IReadOnlyList<string> texts)
    {
        writer.Write7BitEncodedInt(texts.Count);
        foreach (var text in texts)
        {
            writer.Write(text);
        }
    }

    private static SessionTerms? ReadTerms(BinaryReader reader) => !reader.ReadBoolean() ? null : new SessionTerms
    {
        IdentityArn = reader.ReadString(),
        Issued = DateTimeOffset.FromUnixTimeSeconds(reader.ReadInt64()),
        IsForJob = reader.ReadBoolean(),
        Policies = ReadTexts(reader),
        PolicyArns = ReadTexts(reader),
        Tags = ReadTexts(reader).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal),
        TransitiveTagKeys = ReadTexts(reader),
        SourceIdentity = reader.ReadString() is { Length: > 0 } identity ? identity : null,
    };

    // Only what this program has sealed is read here: its lengths can be believed.
    private static string[] ReadTexts(BinaryReader reader)
    {
        var texts = new string[reader.Read7BitEncodedInt()];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = reader.ReadString();
        }

        return texts;
    }
}
