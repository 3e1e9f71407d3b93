using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Dispatch;

/// <summary>An error the caller made, as AWS names it; codecs render it in the protocol's own form.</summary>
public sealed class ServiceException : Exception
{
    /// <summary>An error with AWS's code, a message for people, and an HTTP status (400 unless told).</summary>
    public ServiceException(string code, string message, int statusCode = 400)
        : base(message)
    {
        Code = code;
        StatusCode = statusCode;
    }

    /// <summary>An error whose members beyond the message are in <paramref name="details"/>.</summary>
    public ServiceException(string code, string message, int statusCode, IReadOnlyDictionary<string, string> details)
        : this(code, message, statusCode) => Details = details;

    /// <summary>AWS's name of the error, such as <c>ValidationException</c>.</summary>
    public string Code { get; }

    /// <summary>The HTTP status.</summary>
    public int StatusCode { get; }

    /// <summary>Further members of the error, such as S3's <c>BucketName</c> or the runtime's <c>OriginalMessage</c>.</summary>
    public IReadOnlyDictionary<string, string> Details { get; } = new Dictionary<string, string>(0);

    /// <summary>The error's own structure, where the model gives it members beyond the message that are no texts; null otherwise.</summary>
    public IShape? Members { get; init; }

    /// <summary>Extra response headers, if any.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }
}
