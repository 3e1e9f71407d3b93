using System.Diagnostics.CodeAnalysis;

using Sagebrush.Wire.Signing;

namespace Sagebrush.Services.Ecr.Access;

/// <summary>The passwords of container engines: each stands for whoever asked for it, and says which region's registry it is for.</summary>
/// <remarks>
/// A password is <c>REGION.NAME.TOKEN</c>. The token is sealed and tells the caller, its session's terms and its end; the name tells the key it
/// was issued to, and a user's key must still be there. The region is believed as it stands: what the caller may do there is decided each time.
/// </remarks>
internal sealed class RegistryTokens(CredentialsStore credentials, TimeProvider clock)
{
    /// <summary>How long a password lasts, unless its owner's session ends before.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(12);

    private const string NamePrefix = "registry:";
    private const string LongTermKey = "AKIA";

    /// <summary>Issues a password.</summary>
    /// <param name="accessKeyId">The key of whoever asks; null for the program itself.</param>
    /// <param name="principal">Whoever asks.</param>
    /// <param name="ends">When the asker's own key ends, if it does.</param>
    /// <param name="region">The region of the registry.</param>
    public RegistryToken Issue(string? accessKeyId, Principal principal, DateTimeOffset? ends, string region)
    {
        var now = clock.GetUtcNow();
        var life = ends is { } end && end - now < Life ? TimeSpan.FromSeconds(Math.Max(1, (end - now).TotalSeconds)) : Life;
        var token = credentials.IssueToken(NamePrefix + (accessKeyId ?? "-"), principal, life);
        return new RegistryToken($"{region}.{accessKeyId ?? "-"}.{token.SessionToken}", token.Expiration!.Value);
    }

    /// <summary>Reads a password; false when it is none of ours, its time is over, or the key it was issued to is gone.</summary>
    public bool TryRead(string password, [NotNullWhen(true)] out RegistryCaller? caller)
    {
        caller = null;
        var parts = password.Split('.', 3);
        if (parts is not [{ Length: > 0 } region, { Length: > 0 } key, var token]
            || (key.StartsWith(LongTermKey, StringComparison.Ordinal) && !credentials.Owns(key))
            || credentials.Find(NamePrefix + key, token, out var credential) != CredentialStatus.Found)
        {
            return false;
        }

        caller = new RegistryCaller(credential!.Principal, region);
        return true;
    }
}
