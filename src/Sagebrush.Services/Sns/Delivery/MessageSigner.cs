using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sagebrush.Services.Sns.Delivery;

/// <summary>Signs what is sent to subscribers, as SNS does, with a key of this data directory.</summary>
/// <remarks>
/// Subscribers fetch the certificate from <c>SigningCertURL</c> and check the signature over chosen members in a fixed order.
/// Source: "Verifying the signatures of Amazon SNS messages". Thread safe.
/// </remarks>
internal sealed class MessageSigner(SnsOptions options, TimeProvider clock)
{
    private const string FileName = "sns-signing.pem";

    private const int KeyBits = 2048;

    private readonly Lazy<Identity> _identity = new(() => Open(options.Folder, clock.GetUtcNow()));

    /// <summary>The path the certificate is served under.</summary>
    public string CertificatePath => $"/SimpleNotificationService-{_identity.Value.Certificate.Thumbprint.ToLowerInvariant()}.pem";

    /// <summary>The certificate, as PEM.</summary>
    public string Certificate => _identity.Value.Certificate.ExportCertificatePem();

    /// <summary>The signature of an envelope's members, in base 64.</summary>
    /// <param name="members">Names and values; those without a value are left out.</param>
    /// <param name="version"><c>1</c> for SHA-1, <c>2</c> for SHA-256.</param>
    public string Sign(IEnumerable<KeyValuePair<string, string?>> members, string version)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in members.Where(member => member.Value is not null).OrderBy(member => member.Key, StringComparer.Ordinal))
        {
            text.Append(name).Append('\n').Append(value).Append('\n');
        }

        // Version 1 of the scheme is SHA-1 by definition; topics that want better set SignatureVersion to 2.
        var hash = version == "2" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1;
        lock (_identity)
        {
            return Convert.ToBase64String(_identity.Value.Key.SignData(Encoding.UTF8.GetBytes(text.ToString()), hash, RSASignaturePadding.Pkcs1));
        }
    }

    private static Identity Open(string folder, DateTimeOffset now)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            Create(path, now);
        }

        var pem = File.ReadAllText(path);
        var key = RSA.Create();
        key.ImportFromPem(pem);
        return new Identity(key, X509Certificate2.CreateFromPem(pem));
    }

    private static void Create(string path, DateTimeOffset now)
    {
        using var key = RSA.Create(KeyBits);
        var request = new CertificateRequest("CN=sns.amazonaws.com, O=Sagebrush", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(20));
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(temporary, file))
        {
            stream.Write(Encoding.ASCII.GetBytes($"{key.ExportPkcs8PrivateKeyPem()}\n{certificate.ExportCertificatePem()}\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private sealed record Identity(RSA Key, X509Certificate2 Certificate);
}
