using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Sagebrush.Wire.Signing;

/// <summary>Signs the policies of S3's upload forms, which are strings to sign by themselves.</summary>
public static class PolicySignature
{
    /// <summary>The signature of version 4.</summary>
    /// <param name="credential">Whose key signs.</param>
    /// <param name="date">The scope's date, <c>yyyyMMdd</c>.</param>
    /// <param name="region">The scope's region.</param>
    /// <param name="service">The scope's service.</param>
    /// <param name="policy">The policy in base64, as it stands in the form.</param>
    public static byte[] Compute(Credential credential, string date, string region, string service, string policy)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return HMACSHA256.HashData(SigningKey.Derive(credential.SecretAccessKey, date, region, service).Key, Encoding.UTF8.GetBytes(policy));
    }

    /// <summary>The signature of version 2, which clients still make where they are told no region.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "Version 2 of the signature is defined so.")]
    public static byte[] ComputeV2(Credential credential, string policy)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return HMACSHA1.HashData(Encoding.UTF8.GetBytes(credential.SecretAccessKey), Encoding.UTF8.GetBytes(policy));
    }
}
