namespace Sagebrush.Serving;

/// <summary>A model could not be loaded; the message is fit to be an endpoint's failure reason.</summary>
public sealed class ModelLoadException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong with the model, in one line.</param>
    /// <param name="innerException">What lay behind it, if anything.</param>
    public ModelLoadException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
