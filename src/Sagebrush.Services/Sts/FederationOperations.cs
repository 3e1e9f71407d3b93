using System.Text;
using System.Text.Json;

using Sagebrush.Contracts.Sts;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Sts;

/// <summary>Sign-in through identity providers, which are not registered here: says so in AWS's words.</summary>
internal static class FederationOperations
{
    public static void Map(ApiMap api)
    {
        api.MapUnsigned(StsApi.AssumeRoleWithWebIdentity, (request, _, _) =>
            throw StsErrors.InvalidIdentityTokenException($"No OpenIDConnect provider found in your account for {Issuer(request.WebIdentityToken)}"));
        api.MapUnsigned(StsApi.AssumeRoleWithSAML, (request, _, _) =>
            throw StsErrors.InvalidIdentityTokenException($"Specified provider doesn't exist: {request.PrincipalArn}"));
        api.Map(StsApi.DecodeAuthorizationMessage, (_, _, _) =>
            throw StsErrors.InvalidAuthorizationMessageException("Message is not valid: errors of this server carry no encoded messages; they say what stands against a call."));
    }

    private static string Issuer(string token)
    {
        try
        {
            var middle = token.Split('.') is [_, var payload, _] ? payload.Replace('-', '+').Replace('_', '/') : throw new FormatException();
            using var json = JsonDocument.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(middle.PadRight((middle.Length + 3) / 4 * 4, '='))));
            return json.RootElement.GetProperty("iss").GetString() ?? throw new FormatException();
        }
        catch (Exception exception) when (exception is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw StsErrors.InvalidIdentityTokenException("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
        }
    }
}
