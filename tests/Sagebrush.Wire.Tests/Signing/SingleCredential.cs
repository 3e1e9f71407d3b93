using System.Diagnostics.CodeAnalysis;
using Sagebrush.Wire.Signing;

namespace Sagebrush.Wire.Tests.Signing;

/// <summary>Knows one credential.</summary>
internal sealed class SingleCredential(Credential only) : ICredentialSource
{
    public CredentialStatus Find(
        ReadOnlySpan<char> accessKeyId, ReadOnlySpan<char> sessionToken, [MaybeNull] out Credential credential)
    {
        credential = null;
        if (!accessKeyId.SequenceEqual(only.AccessKeyId))
        {
            return CredentialStatus.UnknownAccessKey;
        }

        if (!sessionToken.SequenceEqual(only.SessionToken))
        {
            return CredentialStatus.InvalidToken;
        }

        credential = only;
        return CredentialStatus.Found;
    }
}
