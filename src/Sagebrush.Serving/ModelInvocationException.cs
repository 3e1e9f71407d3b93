namespace Sagebrush.Serving;

/// <summary>A model gave no answer to a request; the caller is told with the model's own status and words.</summary>
public sealed class ModelInvocationException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="failure">The kind of failure.</param>
    /// <param name="originalStatusCode">The status the model answered with; 0 when it did not answer.</param>
    /// <param name="message">The model's own words.</param>
    /// <param name="innerException">What lay behind it, if anything.</param>
    public ModelInvocationException(
        InvocationFailure failure, int originalStatusCode, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Failure = failure;
        OriginalStatusCode = originalStatusCode;
    }

    /// <summary>The kind of failure.</summary>
    public InvocationFailure Failure { get; }

    /// <summary>The HTTP status the model answered with; 0 when it did not answer.</summary>
    public int OriginalStatusCode { get; }

    /// <summary>The host name of the container that failed, where a model has several.</summary>
    public string? Container { get; init; }

    /// <summary>A request the model does not accept.</summary>
    public static ModelInvocationException Refused(int status, string message) =>
        new(InvocationFailure.Refused, status, message);
}
