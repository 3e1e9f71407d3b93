namespace Sagebrush.Wire.Schema;

/// <summary>A message that cannot be read as the model demands: malformed, too deep, or a value of the wrong type.</summary>
public sealed class SerializationException : Exception
{
    /// <summary>Says what could not be read.</summary>
    public SerializationException(string message)
        : base(message)
    {
    }

    /// <summary>Says what could not be read, and the cause.</summary>
    public SerializationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>A message that cannot be read.</summary>
    public SerializationException()
        : base("The message cannot be read.")
    {
    }
}
