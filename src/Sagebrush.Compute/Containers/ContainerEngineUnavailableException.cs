namespace Sagebrush.Compute.Containers;

/// <summary>There is no container engine, or it does not answer; the message says where it was looked for and what to do.</summary>
public sealed class ContainerEngineUnavailableException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is missing, and how to mend it.</param>
    /// <param name="innerException">What lay behind it, if anything.</param>
    public ContainerEngineUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
