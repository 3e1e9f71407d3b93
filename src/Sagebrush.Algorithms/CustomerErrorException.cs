namespace Sagebrush.Algorithms;

/// <summary>Training cannot go on because of what the customer gave: hyperparameters, channels or data.</summary>
public sealed class CustomerErrorException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public CustomerErrorException()
    {
    }

    /// <summary>Creates the exception with a message that says what to change.</summary>
    public CustomerErrorException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and the failure beneath it.</summary>
    public CustomerErrorException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
