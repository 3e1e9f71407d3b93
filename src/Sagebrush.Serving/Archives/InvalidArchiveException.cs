namespace Sagebrush.Serving.Archives;

/// <summary>An archive is damaged, holds something that has no place in it, or is too large; the message says which.</summary>
public sealed class InvalidArchiveException : Exception
{
    /// <summary>Creates the exception.</summary>
    public InvalidArchiveException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
