namespace Sagebrush.Wire.Signing;

/// <summary>The answer of an <see cref="ICredentialSource"/>.</summary>
public enum CredentialStatus
{
    /// <summary>No key of that id exists.</summary>
    UnknownAccessKey,

    /// <summary>The key exists and the session token, if it needs one, belongs to it.</summary>
    Found,

    /// <summary>The session token is missing, forged, of another key, or sent with a key that has none.</summary>
    InvalidToken,

    /// <summary>The session token was ours, but its time is over.</summary>
    ExpiredToken,
}
