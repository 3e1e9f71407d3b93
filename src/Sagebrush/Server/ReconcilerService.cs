using Microsoft.Extensions.Hosting;

using Sagebrush.State.Reconciling;

namespace Sagebrush.Server;

/// <summary>Runs the reconcilers for as long as the server runs.</summary>
internal sealed class ReconcilerService(ReconcilerHost host) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        host.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await host.DisposeAsync();
}
