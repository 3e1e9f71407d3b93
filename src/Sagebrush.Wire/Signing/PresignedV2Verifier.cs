using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sagebrush.Wire.Http;

namespace Sagebrush.Wire.Signing;

/// <summary>Checks the presigned URLs of Signature Version 2, for S3 alone.</summary>
/// <remarks>
/// AWS retired it for everything else, yet <c>aws s3 presign</c> and boto3 (seen with botocore 1.43) still make such URLs by default
/// in us-east-1. Source: "Signing and authenticating REST requests (AWS signature version 2)" of S3.
/// Thread safe.
/// </remarks>
internal sealed class PresignedV2Verifier(ICredentialSource credentials, TimeProvider clock)
{
    private const string AccessKeyParameter = "AWSAccessKeyId";
    private const string SignatureParameter = "Signature";
    private const string ExpiresParameter = "Expires";
    private const string AmzPrefix = "x-amz-";
    private const string TokenParameter = "x-amz-security-token";

    // The signature names no region; the URLs come from clients of the first one.
    private const string Region = "us-east-1";
    private const string Service = "s3";

    /// <summary>The parameters that are part of what is signed.</summary>
    private static readonly HashSet<string> SignedParameters = new(StringComparer.Ordinal)
    {
        "accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "inventory", "legal-hold", "lifecycle", "location",
        "logging", "metrics", "notification", "object-lock", "partNumber", "policy", "publicAccessBlock", "replication",
        "requestPayment", "response-cache-control", "response-content-disposition", "response-content-encoding",
        "response-content-language", "response-content-type", "response-expires", "restore", "retention", "select", "select-type",
        "storageClass", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website",
    };

    /// <summary>Whether a request presents such a signature.</summary>
    public static bool IsPresent(QueryParameters query) => query.Has(AccessKeyParameter) && query.Has(SignatureParameter);

    /// <summary>Checks a request's signature; its body is not covered.</summary>
    /// <param name="request">The request.</param>
    /// <param name="rawPath">Its path as it crossed the wire, with the bucket in front.</param>
    /// <param name="query">Its query string.</param>
    public SignatureResult Verify(HttpRequest request, string rawPath, QueryParameters query)
    {
        var accessKeyId = query[AccessKeyParameter] ?? "";
        var failure = new SignatureFailure { AccessKeyId = accessKeyId, Presigned = true, ServerTime = clock.GetUtcNow() };
        if (request.Headers.Authorization.Count > 0)
        {
            return new(SignatureOutcome.SeveralMechanisms, failure);
        }

        if (!long.TryParse(query[ExpiresParameter], NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            || expires > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return new(SignatureOutcome.Malformed, failure with { Detail = $"Invalid date (should be seconds since epoch): {query[ExpiresParameter]}" });
        }

        var expiry = DateTimeOffset.FromUnixTimeSeconds(expires);
        if (expiry <= failure.ServerTime)
        {
            return new(SignatureOutcome.PresignedExpired, failure with { RequestTime = expiry, Detail = "0" });
        }

        var status = credentials.Find(accessKeyId, query[TokenParameter], out var credential);
        if (status != CredentialStatus.Found)
        {
            return new(
                status switch
                {
                    CredentialStatus.ExpiredToken => SignatureOutcome.ExpiredToken,
                    CredentialStatus.InvalidToken => SignatureOutcome.InvalidToken,
                    _ => SignatureOutcome.UnknownAccessKey,
                },
                failure);
        }

        var text = StringToSign(request, rawPath, query);
        return Matches(credential!.SecretAccessKey, text, query[SignatureParameter]!)
            ? new(credential, KeyOf(credential, failure.ServerTime), presigned: true, new PayloadTerms { Mode = PayloadMode.Unsigned })
            : new(SignatureOutcome.Mismatch, failure with { StringToSign = text, SignatureProvided = query[SignatureParameter] });
    }

    /// <summary>The result names its scope through a key of Version 4; nothing is signed with it.</summary>
    private static SigningKey KeyOf(Credential credential, DateTimeOffset now) =>
        SigningKey.Derive(credential.SecretAccessKey, now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture), Region, Service);

    private static bool Matches(string secret, string text, string presented)
    {
        Span<byte> expected = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The protocol says SHA-1.
        HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text), expected);
#pragma warning restore CA5350
        Span<byte> actual = stackalloc byte[HMACSHA1.HashSizeInBytes];
        return Convert.TryFromBase64String(presented, actual, out var length) && CryptographicOperations.FixedTimeEquals(expected, actual[..length]);
    }

    private static string StringToSign(HttpRequest request, string rawPath, QueryParameters query)
    {
        var text = new StringBuilder()
            .Append(request.Method).Append('\n')
            .Append(Standard(request, query, "Content-MD5")).Append('\n')
            .Append(Standard(request, query, "Content-Type")).Append('\n')
            .Append(query[ExpiresParameter]).Append('\n');

        // Signers move the headers they signed into the query string, so both places count.
        var amz = request.Headers.Select(header => (Name: header.Key, Value: string.Join(',', header.Value.ToArray())))
            .Concat(query.All.Select(parameter => (Name: parameter.Key, Value: parameter.Value ?? "")))
            .Where(entry => entry.Name.StartsWith(AmzPrefix, StringComparison.OrdinalIgnoreCase))
            .GroupBy(entry => entry.Name.ToLowerInvariant(), entry => entry.Value.Trim(), StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (var group in amz)
        {
            text.Append(group.Key).Append(':').AppendJoin(',', group).Append('\n');
        }

        var separator = '?';
        text.Append(rawPath);
        if (rawPath.LastIndexOf('/') == 0 && rawPath.Length > 1)
        {
            // A bucket by itself is signed with a slash behind it, however its address is written.
            text.Append('/');
        }

        foreach (var (name, value) in query.All.Where(parameter => SignedParameters.Contains(parameter.Key)).OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            text.Append(separator).Append(name);
            if (value is not null)
            {
                text.Append('=').Append(value);
            }

            separator = '&';
        }

        return text.ToString();
    }

    private static string Standard(HttpRequest request, QueryParameters query, string name) =>
        request.Headers[name] is { Count: > 0 } header
            ? header.ToString().Trim()
            : query.All.FirstOrDefault(parameter => parameter.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";
}
