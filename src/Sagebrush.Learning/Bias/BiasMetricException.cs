namespace Sagebrush.Learning.Bias;

/// <summary>A measure of bias is not defined for the rows given.</summary>
public sealed class BiasMetricException : Exception
{
    /// <summary>Creates the exception.</summary>
    public BiasMetricException()
    {
    }

    /// <summary>Creates the exception with a message that says why.</summary>
    public BiasMetricException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and the failure beneath it.</summary>
    public BiasMetricException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
