namespace Sagebrush.Algorithms;

/// <summary>A prediction request cannot be answered because of what it holds.</summary>
public sealed class InferenceInputException : Exception
{
    /// <summary>Creates the exception for a bad request (400) without a message.</summary>
    public InferenceInputException()
        : this(400, "The request cannot be answered.")
    {
    }

    /// <summary>Creates the exception for a bad request (400).</summary>
    public InferenceInputException(string message)
        : this(400, message)
    {
    }

    /// <summary>Creates the exception for a bad request (400) with the failure beneath it.</summary>
    public InferenceInputException(string message, Exception innerException)
        : base(message, innerException) => StatusCode = 400;

    /// <summary>Creates the exception.</summary>
    /// <param name="statusCode">
    /// HTTP status as SageMaker's container gives it: 400 when the rows do not fit the model, 415 when the body cannot be
    /// read as its content type or that is not supported, 406 when the answer cannot be in the accepted type.
    /// </param>
    /// <param name="message">What is wrong, for the caller.</param>
    public InferenceInputException(int statusCode, string message)
        : base(message) => StatusCode = statusCode;

    /// <summary>HTTP status to answer with: 400, 406 or 415.</summary>
    public int StatusCode { get; }
}
