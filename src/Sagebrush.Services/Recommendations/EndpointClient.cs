using System.Buffers;
using Microsoft.AspNetCore.Http;
using Sagebrush.Serving;
using Sagebrush.Serving.Routing;

namespace Sagebrush.Services.Recommendations;

/// <summary>Asks an endpoint as its clients do, without the wire: its metrics count the requests.</summary>
internal sealed class EndpointClient(EndpointRouter router, EndpointKey endpoint, TimeProvider time)
{
    /// <exception cref="BenchmarkFailedException">The endpoint takes no requests.</exception>
    /// <exception cref="ModelInvocationException">The model refused the request, failed, or took too long.</exception>
    public async ValueTask<InvocationResult> InvokeAsync(Invocation request, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        if (router.TryAcquire(endpoint, targetVariant: null, out var lease) != RouteOutcome.Found)
        {
            throw new BenchmarkFailedException($"The endpoint {endpoint.Name} takes no requests: it is not in service, or it was deleted.");
        }

        using (lease)
        {
            var began = time.GetTimestamp();
            try
            {
                var result = await lease.Server.InvokeAsync(request, output, cancellationToken);
                lease.Variant.Metrics?.Record(StatusCodes.Status200OK, time.GetElapsedTime(began), TimeSpan.Zero);
                return result;
            }
            catch (ModelInvocationException error)
            {
                lease.Variant.Metrics?.Record(error.OriginalStatusCode, time.GetElapsedTime(began), TimeSpan.Zero);
                throw;
            }
        }
    }
}
