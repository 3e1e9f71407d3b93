using System.Security.Cryptography;

namespace Sagebrush.State.Objects.Encryption;

/// <summary>A key of 256 bits that a client sends along with its requests. It is never stored: only its check value is.</summary>
public sealed class CustomerKey
{
    /// <summary>The bytes of a key.</summary>
    public const int Length = 32;

    private const int SaltLength = 16;

    private static readonly byte[] CheckPurpose = "sagebrush/object/key-check"u8.ToArray();
    private static readonly byte[] FilePurpose = "sagebrush/object/file"u8.ToArray();
    private static readonly byte[] TagPurpose = "sagebrush/object/entity-tag"u8.ToArray();

    private readonly byte[] _bytes;

    /// <param name="bytes">The key.</param>
    /// <exception cref="ArgumentException">It has not 32 bytes.</exception>
    public CustomerKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"A key has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _bytes = bytes.ToArray();
    }

    /// <summary>A new check value of the key.</summary>
    public KeyCheckValue Check()
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        return new(Convert.ToBase64String(salt), Convert.ToBase64String(Derive(CheckPurpose, salt)));
    }

    /// <summary>Whether a check value was made of this key.</summary>
    public bool Matches(KeyCheckValue check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return CryptographicOperations.FixedTimeEquals(Derive(CheckPurpose, Convert.FromBase64String(check.Salt)), Convert.FromBase64String(check.Value));
    }

    /// <summary>Refuses a key that is not the one some bytes were encrypted with.</summary>
    /// <param name="key">The client's key; null when it sent none.</param>
    /// <param name="check">The check value of the key that is needed; null when the bytes are not encrypted.</param>
    /// <exception cref="ObjectStoreException">The key is missing, is another, or is not needed.</exception>
    public static void Require(CustomerKey? key, KeyCheckValue? check)
    {
        switch (key, check)
        {
            case (null, { }):
                throw new ObjectStoreException(
                    ObjectStoreError.InvalidRequest,
                    "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.");
            case ({ }, null):
                throw new ObjectStoreException(ObjectStoreError.InvalidRequest, "The encryption parameters are not applicable to this object.");
            case ({ }, { }) when !key.Matches(check):
                throw new ObjectStoreException(ObjectStoreError.AccessDenied, "Access Denied");
        }
    }

    /// <summary>The key of one file: no two files share one, so that the chunks of each may be numbered from zero.</summary>
    internal byte[] DeriveFileKey(ReadOnlySpan<byte> salt) => Derive(FilePurpose, salt);

    /// <summary>
    /// The entity tag of some bytes: the same for the same bytes and key, as clients that send a part again expect, but nothing that tells
    /// the bytes to whoever may list the bucket.
    /// </summary>
    internal string EntityTag(ReadOnlySpan<byte> md5) => Convert.ToHexStringLower(Derive(TagPurpose, md5).AsSpan(0, md5.Length));

    private byte[] Derive(ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> salt)
    {
        var derived = new byte[Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _bytes, derived, salt, purpose);
        return derived;
    }
}
