using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.S3.Browsers;

/// <summary>Checks who signed the policy of a form, by signatures of version 4 and of version 2.</summary>
internal sealed class FormSignature(ICredentialSource credentials)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Whose key signed.</summary>
    /// <exception cref="ServiceException">Nobody's did.</exception>
    public Credential Require(FormFields form, string policy)
    {
        if (form["x-amz-credential"] is { } scope)
        {
            if (form["x-amz-algorithm"] != Algorithm || scope.Split('/') is not [var keyId, var date, var region, var service, "aws4_request"])
            {
                throw Argument("X-Amz-Credential", scope);
            }

            var credential = Find(keyId, form);
            return Same(form["x-amz-signature"], Convert.ToHexStringLower(PolicySignature.Compute(credential, date, region, service, policy)))
                ? credential
                : throw Mismatch();
        }

        var old = Find(form["AWSAccessKeyId"] ?? throw Argument("AWSAccessKeyId", ""), form);
        return Same(form["signature"], Convert.ToBase64String(PolicySignature.ComputeV2(old, policy))) ? old : throw Mismatch();
    }

    private static bool Same(string? given, string computed) => given is null
        ? throw Argument("Signature", "")
        : CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(computed));

    private static ServiceException Argument(string field, string value) => new(
        S3Codes.InvalidArgument,
        $"Bucket POST must contain a field named '{field}'.  If it is specified, please check the order of the fields.",
        400,
        new Dictionary<string, string> { ["ArgumentName"] = field, ["ArgumentValue"] = value });

    private static ServiceException Mismatch() => new(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        StatusCodes.Status403Forbidden);

    private Credential Find(string keyId, FormFields form) => credentials.Find(keyId, form["x-amz-security-token"] ?? "", out var credential) switch
    {
        CredentialStatus.Found => credential!,
        CredentialStatus.UnknownAccessKey => throw new ServiceException(
            "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", StatusCodes.Status403Forbidden),
        CredentialStatus.ExpiredToken => throw new ServiceException("ExpiredToken", "The provided token has expired."),
        _ => throw new ServiceException("InvalidToken", "The provided token is malformed or otherwise invalid."),
    };
}
