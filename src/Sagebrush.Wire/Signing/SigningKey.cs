using System.Security.Cryptography;
using System.Text;

namespace Sagebrush.Wire.Signing;

/// <summary>The key derived from a secret for one day, region and service, with the names it was derived from.</summary>
internal sealed class SigningKey
{
    public const string Terminator = "aws4_request";

    private SigningKey(string scope, string date, string region, string service, byte[] key)
    {
        Scope = scope;
        Date = date;
        Region = region;
        Service = service;
        Key = key;
    }

    /// <summary><c>DATE/REGION/SERVICE/aws4_request</c>.</summary>
    public string Scope { get; }

    public string Date { get; }

    public string Region { get; }

    public string Service { get; }

    public byte[] Key { get; }

    public static SigningKey Derive(string secret, string date, string region, string service)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secret), Encoding.UTF8.GetBytes(date), hash);
        HMACSHA256.HashData(hash, Encoding.UTF8.GetBytes(region), hash);
        HMACSHA256.HashData(hash, Encoding.UTF8.GetBytes(service), hash);
        HMACSHA256.HashData(hash, "aws4_request"u8, hash);
        return new SigningKey($"{date}/{region}/{service}/{Terminator}", date, region, service, hash.ToArray());
    }
}
