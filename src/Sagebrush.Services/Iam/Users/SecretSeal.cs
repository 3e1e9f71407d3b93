using System.Security.Cryptography;
using System.Text;

using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Iam.Users;

/// <summary>Encrypts the secrets of access keys with a key of this data directory that only its owner can read.</summary>
/// <remarks>AES-256-GCM, bound to the access key's id, so that secrets cannot be swapped in the store. Thread safe.</remarks>
internal sealed class SecretSeal(IamOptions options)
{
    /// <summary>The name of the key file in the data directory.</summary>
    public const string FileName = "users.key";

    private const int KeyLength = 32;

    private const int NonceLength = 12;

    private const int TagLength = 16;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lazy<byte[]> _key = new(() => Open(Path.Combine(options.Folder, FileName)));

    public byte[] Seal(string accessKeyId, string secret)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var output = new byte[NonceLength + plain.Length + TagLength];
        RandomNumberGenerator.Fill(output.AsSpan(0, NonceLength));
        using var cipher = new AesGcm(_key.Value, TagLength);
        cipher.Encrypt(
            output.AsSpan(0, NonceLength), plain, output.AsSpan(NonceLength, plain.Length), output.AsSpan(output.Length - TagLength), Encoding.UTF8.GetBytes(accessKeyId));
        return output;
    }

    /// <exception cref="CredentialsException">The key file cannot be used, or is not the one the secret was sealed with.</exception>
    public string Open(string accessKeyId, byte[] sealedSecret)
    {
        var plain = new byte[sealedSecret.Length - NonceLength - TagLength];
        using var cipher = new AesGcm(_key.Value, TagLength);
        try
        {
            cipher.Decrypt(
                sealedSecret.AsSpan(0, NonceLength), sealedSecret.AsSpan(NonceLength, plain.Length), sealedSecret.AsSpan(sealedSecret.Length - TagLength), plain,
                Encoding.UTF8.GetBytes(accessKeyId));
        }
        catch (AuthenticationTagMismatchException mismatch)
        {
            throw new CredentialsException(
                $"{FileName} in {options.Folder} is not the key that the secret of {accessKeyId} was encrypted with. Restore it; without it users' keys are lost.", mismatch);
        }

        return Encoding.UTF8.GetString(plain);
    }

    private static byte[] Open(string path)
    {
        if (!File.Exists(path))
        {
            Create(path);
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly & ~UnixFileMode.UserExecute) != 0)
        {
            throw new CredentialsException($"{path} can be read or written by other users. Make it yours alone with: chmod 600 '{path}', and rotate all users' keys if others may have read it.");
        }

        var key = File.ReadAllBytes(path);
        return key.Length == KeyLength ? key : throw new CredentialsException($"{path} is damaged. Restore it; without it users' keys are lost and must be made anew.");
    }

    private static void Create(string path)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(RandomNumberGenerator.GetBytes(KeyLength));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: false);
    }
}
