using System.Net;

namespace Sagebrush.Wire.Client;

/// <summary>A server answered a call with an error.</summary>
public sealed class ApiException : Exception
{
    /// <summary>Creates the exception for one answer.</summary>
    /// <param name="operation">What was called.</param>
    /// <param name="code">The error's code, such as <c>ValidationException</c>.</param>
    /// <param name="message">The server's message.</param>
    /// <param name="statusCode">The HTTP status.</param>
    public ApiException(string operation, string code, string message, HttpStatusCode statusCode)
        : base($"{operation} failed: {code}: {message}")
    {
        Code = code;
        ServiceMessage = message;
        StatusCode = statusCode;
    }

    /// <summary>The error's code, such as <c>ValidationException</c>.</summary>
    public string Code { get; }

    /// <summary>The server's message alone.</summary>
    public string ServiceMessage { get; }

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode StatusCode { get; }
}
