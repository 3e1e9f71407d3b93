using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Sagebrush.Wire.Signing;

/// <summary>Signs outgoing requests: the client side of <see cref="SigV4Verifier"/>.</summary>
/// <remarks>
/// Thread safe. To send paths such as <c>/bucket/a//../b</c> unharmed, make the URI with
/// <see cref="UriCreationOptions.DangerousDisablePathAndQueryCanonicalization"/>.
/// </remarks>
public sealed class SigV4Signer
{
    private readonly Credential _credential;
    private readonly string _service;
    private readonly string _region;
    private readonly TimeProvider _clock;

    /// <summary>Creates a signer.</summary>
    /// <param name="credential">Who signs.</param>
    /// <param name="service">The signing name of the service, such as <c>sagemaker</c> or <c>s3</c>.</param>
    /// <param name="region">The region, such as <c>us-east-1</c>.</param>
    /// <param name="clock">The clock for the signature's date.</param>
    public SigV4Signer(Credential credential, string service, string region, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(credential);
        ArgumentException.ThrowIfNullOrEmpty(service);
        ArgumentException.ThrowIfNullOrEmpty(region);
        ArgumentNullException.ThrowIfNull(clock);
        _credential = credential;
        _service = service;
        _region = region;
        _clock = clock;
    }

    private bool IsS3 => _service == "s3";

    /// <summary>Signs a request and its body, which is buffered to hash it.</summary>
    /// <param name="request">The request; its headers must be complete.</param>
    /// <param name="cancellationToken">Stops the reading of the body.</param>
    public async ValueTask SignAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        Sign(request, Convert.ToHexStringLower(SHA256.HashData(body)));
    }

    /// <summary>Signs a request whose body's hash is known.</summary>
    /// <param name="request">The request; its headers must be complete.</param>
    /// <param name="payloadHash">The body's SHA-256 in lower-case hexadecimal digits, or <c>UNSIGNED-PAYLOAD</c>.</param>
    /// <returns>The signature, the seed of the chain when the body is aws-chunked.</returns>
    public string Sign(HttpRequestMessage request, string payloadHash)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(payloadHash);
        var uri = UriOf(request);
        var now = _clock.GetUtcNow();
        SetHeader(request, "x-amz-date", AmzDate.ToString(now));
        SetHeader(request, PayloadHash.Header, payloadHash);
        if (_credential.SessionToken is { } token)
        {
            SetHeader(request, "x-amz-security-token", token);
        }

        request.Headers.Host ??= uri.Authority;
        var headers = HeadersToSign(request);
        var names = string.Join(';', headers.Keys);
        var key = KeyFor(now);
        var signature = Compute(request.Method.Method, uri.PathAndQuery, headers, names, payloadHash, now, key);
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"{SigV4Verifier.Algorithm} Credential={_credential.AccessKeyId}/{key.Scope}, SignedHeaders={names}, Signature={signature}");
        return signature;
    }

    /// <summary>Makes a URL that carries its own signature.</summary>
    /// <param name="method">The method it will be used with.</param>
    /// <param name="uri">The address, with its query parameters.</param>
    /// <param name="life">How long it lives, from one second to seven days.</param>
    /// <returns>The signed address.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The life is out of range.</exception>
    public Uri Presign(HttpMethod method, Uri uri, TimeSpan life)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentOutOfRangeException.ThrowIfLessThan(life, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(life, SigV4Verifier.MaxPresignedLife);
        var now = _clock.GetUtcNow();
        var key = KeyFor(now);
        var query = new StringBuilder(uri.PathAndQuery)
            .Append(uri.Query.Length > 0 ? '&' : '?')
            .Append("X-Amz-Algorithm=").Append(SigV4Verifier.Algorithm)
            .Append("&X-Amz-Credential=").Append(Uri.EscapeDataString($"{_credential.AccessKeyId}/{key.Scope}"))
            .Append("&X-Amz-Date=").Append(AmzDate.ToString(now))
            .Append("&X-Amz-Expires=").Append(((long)life.TotalSeconds).ToString(CultureInfo.InvariantCulture))
            .Append("&X-Amz-SignedHeaders=host");
        if (_credential.SessionToken is { } token)
        {
            query.Append("&X-Amz-Security-Token=").Append(Uri.EscapeDataString(token));
        }

        var headers = new SortedDictionary<string, StringValues>(StringComparer.Ordinal) { ["host"] = uri.Authority };
        var payloadHash = IsS3 ? PayloadHash.Unsigned : PayloadHash.OfNothing;
        var signature = Compute(method.Method, query.ToString(), headers, "host", payloadHash, now, key);
        query.Append("&X-Amz-Signature=").Append(signature);
        return new Uri(
            uri.GetLeftPart(UriPartial.Authority) + query,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    private static Uri UriOf(HttpRequestMessage request) => request.RequestUri is { IsAbsoluteUri: true } uri
        ? uri
        : throw new ArgumentException("The request needs an absolute address.", nameof(request));

    private static void SetHeader(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>Host, Content-Type, and all that AWS reads: other headers may change on the way.</summary>
    private static SortedDictionary<string, StringValues> HeadersToSign(HttpRequestMessage request)
    {
        var headers = new SortedDictionary<string, StringValues>(StringComparer.Ordinal);
        var all = request.Content is null ? request.Headers.NonValidated : request.Headers.NonValidated.Concat(request.Content.Headers.NonValidated);
        foreach (var (name, values) in all)
        {
            var lower = name.ToLowerInvariant();
            if (lower is "host" or "content-type" or "content-md5" or "range" || lower.StartsWith("x-amz-", StringComparison.Ordinal))
            {
                headers[lower] = values.ToArray();
            }
        }

        return headers;
    }

    private SigningKey KeyFor(DateTimeOffset now)
    {
        var date = AmzDate.ToString(now)[..8];
        var known = _credential.FindSigningKey($"{date}/{_region}/{_service}/{SigningKey.Terminator}");
        if (known is null)
        {
            known = SigningKey.Derive(_credential.SecretAccessKey, date, _region, _service);
            _credential.Remember(known);
        }

        return known;
    }

    private string Compute(
        string method,
        string target,
        SortedDictionary<string, StringValues> headers,
        string names,
        string payloadHash,
        DateTimeOffset now,
        SigningKey key)
    {
        var divided = RequestTarget.Divide(target);
        var buffer = new CanonicalBuffer(stackalloc byte[1024]);
        try
        {
            buffer.Append(method);
            buffer.Append((byte)'\n');
            if (IsS3)
            {
                CanonicalPath.AppendForS3(ref buffer, divided.Path);
            }
            else
            {
                CanonicalPath.Append(ref buffer, divided.Path);
            }

            buffer.Append((byte)'\n');
            CanonicalQuery.Append(ref buffer, divided.Query, verbatim: false);
            buffer.Append((byte)'\n');
            foreach (var (name, values) in headers)
            {
                CanonicalHeaders.Append(ref buffer, name, values);
            }

            buffer.Append((byte)'\n');
            buffer.Append(names);
            buffer.Append((byte)'\n');
            buffer.Append(payloadHash);
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(buffer.Written, hash);
            buffer.Truncate(0);
            StringToSign.Append(ref buffer, SigV4Verifier.Algorithm, now, key.Scope);
            buffer.AppendHex(hash);
            HMACSHA256.HashData(key.Key, buffer.Written, hash);
            return Convert.ToHexStringLower(hash);
        }
        finally
        {
            buffer.Dispose();
        }
    }
}
