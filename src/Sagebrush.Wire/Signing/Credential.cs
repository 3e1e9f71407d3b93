namespace Sagebrush.Wire.Signing;

/// <summary>An access key with its secret and its owner.</summary>
/// <remarks>Immutable and safe for concurrent use; derived signing keys are kept inside, so hold on to the instance.</remarks>
public sealed class Credential
{
    private const int MaxSigningKeys = 32;

    private readonly Lock _gate = new();
    private volatile SigningKey[] _signingKeys = [];

    /// <summary>Creates a credential.</summary>
    /// <param name="accessKeyId">The public id, <c>AKIA…</c> for long-term and <c>ASIA…</c> for session keys.</param>
    /// <param name="secretAccessKey">The secret.</param>
    /// <param name="principal">Whose key it is.</param>
    /// <param name="sessionToken">The token a session key is sent with.</param>
    /// <param name="expiration">When a session key ends.</param>
    public Credential(
        string accessKeyId,
        string secretAccessKey,
        Principal principal,
        string? sessionToken = null,
        DateTimeOffset? expiration = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(accessKeyId);
        ArgumentException.ThrowIfNullOrEmpty(secretAccessKey);
        ArgumentNullException.ThrowIfNull(principal);
        AccessKeyId = accessKeyId;
        SecretAccessKey = secretAccessKey;
        Principal = principal;
        SessionToken = sessionToken;
        Expiration = expiration;
    }

    /// <summary>The public id of the key.</summary>
    public string AccessKeyId { get; }

    /// <summary>The secret; never logged.</summary>
    public string SecretAccessKey { get; }

    /// <summary>The owner.</summary>
    public Principal Principal { get; }

    /// <summary>The token that accompanies a session key; null for long-term keys.</summary>
    public string? SessionToken { get; }

    /// <summary>When a session key ends; null for long-term keys.</summary>
    public DateTimeOffset? Expiration { get; }

    /// <inheritdoc/>
    public override string ToString() => AccessKeyId;

    /// <summary>Finds the signing key of a scope among those that verified a request before.</summary>
    internal SigningKey? FindSigningKey(ReadOnlySpan<char> scope)
    {
        foreach (var key in _signingKeys)
        {
            if (scope.SequenceEqual(key.Scope))
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>
    /// Remembers a signing key. Callers do so only after a request has proved its signature, so strangers
    /// cannot push useful keys out with invented regions.
    /// </summary>
    internal void Remember(SigningKey key)
    {
        lock (_gate)
        {
            var known = _signingKeys;
            if (FindSigningKey(key.Scope) is null)
            {
                _signingKeys = [key, .. known.AsSpan(0, Math.Min(known.Length, MaxSigningKeys - 1))];
            }
        }
    }
}
