using Microsoft.Extensions.Hosting;
using Sagebrush.State.Metrics;

namespace Sagebrush.Services.CloudWatch;

/// <summary>Lets the program's own metrics be written for as long as the server runs.</summary>
internal sealed class MetricPublisherService(MetricPublisher publisher) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        publisher.Start();
        return Task.CompletedTask;
    }

    // The host disposes the publisher, which writes the rest, after all who publish have stopped.
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
