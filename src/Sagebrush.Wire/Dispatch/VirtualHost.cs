using System.Net;

using Microsoft.AspNetCore.Http;

namespace Sagebrush.Wire.Dispatch;

/// <summary>S3's virtual-host style: the bucket in the host name.</summary>
internal static class VirtualHost
{
    /// <summary>The bucket that <paramref name="host"/> names, or null.</summary>
    /// <remarks><c>BUCKET.s3.…</c>, <c>BUCKET.s3-REGION.…</c> and <c>BUCKET.localhost</c> name one; addresses and plain names do not.</remarks>
    public static string? Bucket(HostString host)
    {
        var name = host.Host;
        if (string.IsNullOrEmpty(name) || !name.Contains('.', StringComparison.Ordinal) || IPAddress.TryParse(name.Trim('[', ']'), out _))
        {
            return null;
        }

        if (name.StartsWith("s3.", StringComparison.OrdinalIgnoreCase) || name.StartsWith("s3-", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        foreach (var marker in (ReadOnlySpan<string>)[".s3.", ".s3-", ".localhost"])
        {
            var at = name.IndexOf(marker, StringComparison.OrdinalIgnoreCase);
            if (at > 0 && (marker != ".localhost" || at + marker.Length == name.Length))
            {
                return name[..at];
            }
        }

        return null;
    }
}
