using System.Diagnostics.CodeAnalysis;

using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

using Sagebrush.Wire.Signing;

namespace Sagebrush.Wire.Dispatch;

/// <content>The doors of other protocols on the same port, told from AWS's by their paths.</content>
public sealed partial class Gateway
{
    /// <summary>Finds the door of a path. Signed requests and hosts that name a bucket mean AWS's services, whatever their path.</summary>
    private bool TryMatchPath(HttpContext http, [NotNullWhen(true)] out PathHandler? handler)
    {
        handler = null;
        var path = RequestTarget.Divide(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget).Path;
        foreach (var (prefix, candidate) in _paths)
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal) || path.SequenceEqual(prefix.AsSpan(0, prefix.Length - 1)))
            {
                handler = IsSigned(http.Request) || VirtualHost.Bucket(http.Request.Host) is not null ? null : candidate;
                return handler is not null;
            }
        }

        return false;
    }

    private async Task HandlePathAsync(HttpContext http, PathHandler handler)
    {
        try
        {
            LiftBodyLimit(http);
            await handler(http, RawPath(http, out _).ToString(), http.RequestAborted);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone: nobody is left to answer.
        }
        catch (Exception exception)
        {
            if (exception is not (BadHttpRequestException or ConnectionResetException or ConnectionAbortedException))
            {
                LogPathFailure(exception, http.Request.Method, http.Request.Path);
            }

            if (http.Response.HasStarted)
            {
                // Half an answer is out: only cutting the connection tells the client that it is no whole one.
                http.Abort();
                return;
            }

            http.Response.StatusCode = exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
        }
    }

    private static bool IsSigned(HttpRequest request) =>
        request.Headers.Authorization.ToString().StartsWith("AWS", StringComparison.Ordinal)
        || request.Query.ContainsKey("X-Amz-Signature") || request.Query.ContainsKey("AWSAccessKeyId");

    [LoggerMessage(EventId = 1002, Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogPathFailure(Exception exception, string method, string path);
}
