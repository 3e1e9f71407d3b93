namespace Sagebrush.Learning.AutoML;

/// <summary>The table cannot be learnt from: what is wrong with it, and what to do.</summary>
public sealed class AutopilotDataException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public AutopilotDataException()
    {
    }

    /// <summary>Creates the exception.</summary>
    public AutopilotDataException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the failure beneath it.</summary>
    public AutopilotDataException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
