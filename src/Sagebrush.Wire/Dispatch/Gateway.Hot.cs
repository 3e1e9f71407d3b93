using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

using Sagebrush.Wire.Http;

namespace Sagebrush.Wire.Dispatch;

/// <content>The short way: body, signature, handler, without copies and mostly without a wait.</content>
public sealed partial class Gateway
{
    private bool TryMatchHot(HttpContext http, [NotNullWhen(true)] out HotRoute? route, [NotNullWhen(true)] out string? label)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        foreach (var candidate in _hotRoutes)
        {
            if (candidate.TryMatch(http.Request, target, StrangersBodyLimit, out label))
            {
                route = candidate;
                return true;
            }
        }

        route = null;
        label = null;
        return false;
    }

    private async Task HandleHotAsync(HttpContext http, HotRoute route, string label)
    {
        var requestId = RequestId.Next();
        var started = _time.GetTimestamp();
        var span = GatewayTelemetry.Begin();
        try
        {
            http.Response.Headers["x-amzn-RequestId"] = requestId;
            var reader = http.Request.BodyReader;
            var read = await ReadWholeAsync(reader);
            try
            {
                var signature = _verifier.Verify(http.Request, read.Buffer, route.Expected);
                Demand(signature, _restJson);
                var context = Context(signature, requestId, http);
                if (_authorizer is not null && !context.Principal.IsRoot)
                {
                    await _authorizer.AuthorizeAsync(context, route.Service, route.Operation, route.Labels(label), null, http.RequestAborted);
                }

                await route.Handler(new HotCall(context, label, read.Buffer) { Started = started });
            }
            finally
            {
                reader.AdvanceTo(read.Buffer.End);
            }
        }
        catch (Exception e) when (!http.RequestAborted.IsCancellationRequested)
        {
            var call = new InboundCall(http, requestId) { Service = route.Service, RawPath = "/", Query = new QueryParameters("") };
            await AnswerErrorAsync(call, _restJson, Describe(e, call, _restJson));
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone: nobody is left to answer.
        }
        finally
        {
            GatewayTelemetry.End(span, route.Service.Name, route.Operation, http.Response.StatusCode, requestId, _time.GetElapsedTime(started));
        }
    }

    /// <summary>Reads on until the whole body lies in the reader's buffer; its length is known to be small.</summary>
    private static async ValueTask<ReadResult> ReadWholeAsync(PipeReader reader)
    {
        while (true)
        {
            var read = await reader.ReadAsync();
            if (read.IsCompleted)
            {
                return read;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
