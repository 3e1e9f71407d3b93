using System.Diagnostics.CodeAnalysis;

namespace Sagebrush.Wire.Signing;

/// <summary>Finds the secret behind an access key id.</summary>
/// <remarks>
/// Called once per request on the hot path: implementations answer from memory, are safe for concurrent use,
/// and return the same <see cref="Credential"/> instance for the same key, since signing keys are cached in it.
/// </remarks>
public interface ICredentialSource
{
    /// <summary>Looks a key up.</summary>
    /// <param name="accessKeyId">The id from the credential scope.</param>
    /// <param name="sessionToken">The <c>X-Amz-Security-Token</c> of the request, or empty.</param>
    /// <param name="credential">The credential when the answer is <see cref="CredentialStatus.Found"/>.</param>
    /// <returns>What was found.</returns>
    CredentialStatus Find(
        ReadOnlySpan<char> accessKeyId,
        ReadOnlySpan<char> sessionToken,
        [MaybeNull] out Credential credential);
}
