namespace Sagebrush.Compute.Containers;

/// <summary>An image cannot be had or cannot run here; the message says which and why.</summary>
public sealed class ImagePullException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="isTransient">Whether another try may help: the registry was away or broke off.</param>
    /// <param name="innerException">What lay behind it, if anything.</param>
    public ImagePullException(string message, bool isTransient = false, Exception? innerException = null)
        : base(message, innerException) => IsTransient = isTransient;

    /// <summary>Whether another try may help.</summary>
    public bool IsTransient { get; }
}
