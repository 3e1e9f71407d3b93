namespace Sagebrush.Wire.Signing;

/// <summary>The credentials file cannot be used; the message tells its owner what to do.</summary>
public sealed class CredentialsException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CredentialsException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
