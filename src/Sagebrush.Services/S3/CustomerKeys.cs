using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Sagebrush.State.Objects;
using Sagebrush.State.Objects.Encryption;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.S3;

/// <summary>Keys that clients send to have an object encrypted with (SSE-C), and what answers say of them.</summary>
internal static class CustomerKeys
{
    /// <summary>The header, or field of a form, that names the algorithm.</summary>
    public const string AlgorithmHeader = "x-amz-server-side-encryption-customer-algorithm";

    /// <summary>The header, or field of a form, that has the key.</summary>
    public const string KeyHeader = "x-amz-server-side-encryption-customer-key";

    /// <summary>The header, or field of a form, that has the key's MD5.</summary>
    public const string DigestHeader = "x-amz-server-side-encryption-customer-key-MD5";

    private const string Algorithm = "AES256";
    private const string Intro = "Requests specifying Server Side Encryption with Customer provided keys must provide ";

    /// <summary>The key of a request.</summary>
    /// <param name="algorithm">What the client wants to be encrypted by: AES256 is the only one.</param>
    /// <param name="key">The key in base64.</param>
    /// <param name="digest">The key's MD5 in base64.</param>
    /// <returns>Null when the request has none.</returns>
    /// <exception cref="ServiceException">One of the three is missing, or they do not belong together.</exception>
    public static CustomerKey? Read(string? algorithm, string? key, string? digest)
    {
        if (algorithm is null && key is null && digest is null)
        {
            return null;
        }

        if (string.IsNullOrEmpty(algorithm))
        {
            throw Invalid(AlgorithmHeader, Intro + "a valid encryption algorithm.");
        }

        if (algorithm != Algorithm)
        {
            throw new ServiceException("InvalidEncryptionAlgorithmError", "The encryption request you specified is not valid. The valid value is AES256.");
        }

        if (string.IsNullOrEmpty(key))
        {
            throw Invalid(KeyHeader, Intro + "an appropriate secret key.");
        }

        if (string.IsNullOrEmpty(digest))
        {
            throw Invalid(DigestHeader, Intro + "the client calculated MD5 of the secret key.");
        }

        Span<byte> bytes = stackalloc byte[CustomerKey.Length];
        if (!Convert.TryFromBase64String(key, bytes, out var length) || length != bytes.Length)
        {
            throw Invalid(KeyHeader, "The secret key was invalid for the specified algorithm.");
        }

        var customerKey = DigestOf(bytes) == digest
            ? new CustomerKey(bytes)
            : throw Invalid(DigestHeader, "The calculated MD5 hash of the key did not match the hash that was provided.");
        CryptographicOperations.ZeroMemory(bytes);
        return customerKey;
    }

    /// <summary>Refuses a key beside another way of encrypting.</summary>
    /// <param name="key">The client's key.</param>
    /// <param name="otherEncryption">The encryption the server is to do with a key of its own.</param>
    /// <exception cref="ServiceException">Both are asked for.</exception>
    public static void RequireAlone(CustomerKey? key, string? otherEncryption)
    {
        if (key is not null && !string.IsNullOrEmpty(otherEncryption))
        {
            throw Invalid(
                "x-amz-server-side-encryption", "Server Side Encryption with Customer provided key is incompatible with the encryption method specified");
        }
    }

    /// <summary>Reading needs no word on encryption other than the client's key, and S3 refuses one.</summary>
    /// <exception cref="ServiceException">The request has one.</exception>
    public static void RefuseOtherEncryption(HttpRequest request)
    {
        if (request.Headers.ContainsKey("x-amz-server-side-encryption"))
        {
            throw Invalid("x-amz-server-side-encryption", "x-amz-server-side-encryption header is not supported for this operation.");
        }
    }

    /// <summary>Every request of an upload must have the key that the upload was begun with, since nobody keeps it.</summary>
    /// <param name="key">The client's key.</param>
    /// <param name="upload">The upload.</param>
    /// <exception cref="ServiceException">The key is missing, is another, or is not needed.</exception>
    public static void Require(CustomerKey? key, UploadInfo upload)
    {
        var refusal = (key, upload.Attributes.CustomerKey) switch
        {
            (null, null) => null,
            (null, _) => "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.",
            (_, null) => "The multipart upload initiate did not request encryption. Please resend the request without sending encryption parameters.",
            var (sent, begun) => sent.Matches(begun) ? null : "The provided encryption parameters did not match the ones used originally.",
        };
        if (refusal is not null)
        {
            throw new ServiceException(S3Codes.InvalidRequest, refusal);
        }
    }

    /// <summary>Says in the head of an answer that the client's key was used.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="digest">The key's MD5 as the request has it; null when it has no key.</param>
    public static void Write(HttpResponse response, string? digest)
    {
        if (digest is not null)
        {
            response.Headers[AlgorithmHeader] = Algorithm;
            response.Headers[DigestHeader] = digest;
        }
    }

    private static ServiceException Invalid(string header, string message) =>
        new(S3Codes.InvalidArgument, message, StatusCodes.Status400BadRequest, new Dictionary<string, string> { ["ArgumentName"] = header });

    private static string DigestOf(ReadOnlySpan<byte> key) => Convert.ToBase64String(CryptographicOperations.HashData(HashAlgorithmName.MD5, key));
}
