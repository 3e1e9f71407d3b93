using System.Text;

using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

using Sagebrush.Services.Ecr.Access;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr.Distribution;

/// <summary>The door for container engines: OCI's distribution protocol, which is Docker's registry protocol of version 2.</summary>
/// <remarks>
/// 1. who calls; 2. what about; 3. the room that does it, which asks whether the caller may. Errors leave in the protocol's form; only what
/// nobody can help but the program is thrown on.
/// </remarks>
internal sealed class DistributionDoor(
    RegistryTokens tokens, ManifestRoom manifests, BlobRoom blobs, UploadRoom uploads, ListRoom lists, ICallAuthorizer? authorizer = null)
{
    /// <summary>Below which paths the protocol lives.</summary>
    public const string Prefix = "/v2/";

    public async Task HandleAsync(HttpContext http, string path, CancellationToken cancellationToken)
    {
        http.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        try
        {
            await DispatchAsync(http, path, cancellationToken);
        }
        catch (ConnectionResetException) when (!cancellationToken.IsCancellationRequested)
        {
            // The body ended early and the client with it.
            http.Abort();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && !http.Response.HasStarted && DistributionErrors.Of(exception) is { } error)
        {
            await DistributionErrors.WriteAsync(http, error, cancellationToken);
        }
    }

    private ValueTask DispatchAsync(HttpContext http, string path, CancellationToken cancellationToken)
    {
        var caller = Authenticate(http.Request);
        var place = RegistryHost.TryParse(http.Request.Host.Host, out var host) ? host : new RegistryHost(caller.Principal.AccountId, caller.Region);
        var context = new CallContext
        {
            AccountId = place.Account,
            Region = place.Region,
            Principal = caller.Principal,
            RequestId = http.TraceIdentifier,
            Http = http,
        };
        var call = new DistributionCall(context, DistributionRoute.Parse(path), authorizer);
        return call.Route.Kind switch
        {
            DistributionResource.Base => ListRoom.PingAsync(call, cancellationToken),
            DistributionResource.Catalog => lists.CatalogAsync(call, cancellationToken),
            DistributionResource.Tags => lists.TagsAsync(call, cancellationToken),
            DistributionResource.Referrers => lists.ReferrersAsync(call, cancellationToken),
            DistributionResource.Manifest => manifests.HandleAsync(call, cancellationToken),
            DistributionResource.Blob => blobs.HandleAsync(call, cancellationToken),
            DistributionResource.Uploads => uploads.BeginAsync(call, cancellationToken),
            _ => uploads.HandleAsync(call, cancellationToken),
        };
    }

    /// <summary>Who calls, by <c>Basic</c> with the user AWS, by <c>Bearer</c>, or by a password in the address as layers' download URLs have it.</summary>
    private RegistryCaller Authenticate(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        var password = request.Query["token"].ToString();
        var space = header.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0)
        {
            var value = header[(space + 1)..].Trim();
            password = header.AsSpan(0, space).Equals("Basic", StringComparison.OrdinalIgnoreCase) ? BasicPassword(value)
                : header.AsSpan(0, space).Equals("Bearer", StringComparison.OrdinalIgnoreCase) ? value
                : "";
        }

        if (password.Length == 0)
        {
            throw Unauthorized(request, "Not Authorized: log in with the user AWS and the password that 'aws ecr get-login-password' prints");
        }

        return tokens.TryRead(password, out var caller)
            ? caller
            : throw Unauthorized(request, "Your authorization token is not valid or has expired. Reauthenticate and try again: 'aws ecr get-login-password' prints a new one");
    }

    private static string BasicPassword(string value)
    {
        var bytes = new byte[value.Length];
        if (!Convert.TryFromBase64String(value, bytes, out var length))
        {
            return "";
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text.StartsWith(RegistryToken.User + ":", StringComparison.Ordinal) ? text[(RegistryToken.User.Length + 1)..] : "";
    }

    private static DistributionException Unauthorized(HttpRequest request, string message) => new("UNAUTHORIZED", message, StatusCodes.Status401Unauthorized)
    {
        Headers = new Dictionary<string, string> { ["WWW-Authenticate"] = $"Basic realm=\"{request.Scheme}://{request.Host.ToUriComponent()}/\",service=\"ecr.amazonaws.com\"" },
    };
}
