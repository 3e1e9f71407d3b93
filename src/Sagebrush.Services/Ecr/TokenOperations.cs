using System.Text;

using Sagebrush.Contracts.Ecr;
using Sagebrush.Services.Ecr.Access;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr;

/// <summary>Passwords for container engines.</summary>
internal sealed class TokenOperations(RegistryTokens tokens, RegistryOptions options)
{
    public void Map(ApiMap api) => api.Serve(EcrApi.GetAuthorizationToken, GetAsync);

    private ValueTask<GetAuthorizationTokenResponse> GetAsync(GetAuthorizationTokenRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var token = tokens.Issue(context.AccessKeyId, context.Principal, context.KeyExpiration, context.Region);
        var data = new AuthorizationData
        {
            AuthorizationToken = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{RegistryToken.User}:{token.Password}")),
            ExpiresAt = token.Expires,
            ProxyEndpoint = options.PublicUrl(),
        };

        // One for each registry asked for; the password is the same.
        var count = Math.Max(1, request.RegistryIds?.Count ?? 1);
        return new(new GetAuthorizationTokenResponse { AuthorizationData = [.. Enumerable.Repeat(data, count)] });
    }
}
