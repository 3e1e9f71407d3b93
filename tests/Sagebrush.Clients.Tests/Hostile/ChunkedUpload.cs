using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Clients.Tests.Hostile;

/// <summary>
/// An upload in signed chunks with a signed trailer, made by hand after S3's "Transferring Payload in Multiple Chunks" and "Including
/// Trailing Headers", so that every piece of it can be spoilt before or after it is signed.
/// </summary>
internal sealed class ChunkedUpload(Credential key, byte[] content)
{
    private const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private string _previous = "";
    private string _scope = "";
    private string _time = "";
    private byte[] _signingKey = [];

    /// <summary>The trailer's line.</summary>
    public string Trailer { get; init; } = "x-amz-checksum-sha256:" + Convert.ToBase64String(SHA256.HashData(content));

    /// <summary>What the head says of the content's length.</summary>
    public string DecodedLength { get; init; } = content.Length.ToString(CultureInfo.InvariantCulture);

    /// <summary>Changes the body after all of it was signed.</summary>
    public Func<string, string> Spoil { get; init; } = static body => body;

    /// <summary>The request.</summary>
    public HttpRequestMessage Make(Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, address);
        request.Headers.TryAddWithoutValidation("x-amz-decoded-content-length", DecodedLength);
        request.Headers.TryAddWithoutValidation("x-amz-trailer", "x-amz-checksum-sha256");
        request.Headers.TryAddWithoutValidation("content-encoding", "aws-chunked");
        _previous = new SigV4Signer(key, "s3", "us-east-1", TimeProvider.System).Sign(request, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER");
        _time = request.Headers.GetValues("x-amz-date").Single();
        _scope = $"{_time[..8]}/us-east-1/s3/aws4_request";
        _signingKey = Hmac(Hmac(Hmac(Hmac(Encoding.UTF8.GetBytes("AWS4" + key.SecretAccessKey), _time[..8]), "us-east-1"), "s3"), "aws4_request");
        request.Content = new ByteArrayContent(Encoding.Latin1.GetBytes(Spoil(Body())));
        return request;
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private string Body()
    {
        var body = new StringBuilder();
        foreach (var chunk in content.Chunk(10).Append([]))
        {
            var signature = Sign("AWS4-HMAC-SHA256-PAYLOAD", EmptyHash + "\n" + Convert.ToHexStringLower(SHA256.HashData(chunk)));
            body.Append(CultureInfo.InvariantCulture, $"{chunk.Length:x};chunk-signature={signature}\r\n{Encoding.Latin1.GetString(chunk)}");
            body.Append(chunk.Length > 0 ? "\r\n" : "");
        }

        var trailer = Sign("AWS4-HMAC-SHA256-TRAILER", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Trailer + "\n"))));
        return body.Append(CultureInfo.InvariantCulture, $"{Trailer}\r\nx-amz-trailer-signature:{trailer}\r\n\r\n").ToString();
    }

    private string Sign(string algorithm, string rest) =>
        _previous = Convert.ToHexStringLower(Hmac(_signingKey, $"{algorithm}\n{_time}\n{_scope}\n{_previous}\n{rest}"));
}
