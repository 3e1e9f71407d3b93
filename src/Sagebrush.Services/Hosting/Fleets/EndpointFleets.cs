using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sagebrush.Services.Hosting.Asynchronous;
using Sagebrush.Serving;
using Sagebrush.Serving.Routing;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>The endpoints this process serves, and the health of their instances.</summary>
internal sealed partial class EndpointFleets : IAsyncDisposable
{
    private const int FailuresBeforeReplacement = 3;

    private readonly ConcurrentDictionary<ResourceKey, HostedEndpoint> _endpoints = new();
    private readonly EndpointRouter _router;
    private readonly InstanceLoader _loader;
    private readonly AsyncQueues _queues;
    private readonly InstancePlaces _places;
    private readonly HostingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _checking;

    public EndpointFleets(EndpointRouter router, InstanceLoader loader, AsyncQueues queues, HostingOptions options, TimeProvider time, ILogger<EndpointFleets> logger)
    {
        (_router, _loader, _queues, _options, _time, _logger) = (router, loader, queues, options, time, logger);
        _places = new InstancePlaces(options);
        _checking = Task.Run(CheckAsync);
    }

    /// <summary>Whether an endpoint has a fleet in this process.</summary>
    public bool IsHosted(ResourceKey key) => _endpoints.TryGetValue(key, out var endpoint) && !endpoint.IsApplied([]);

    /// <summary>Whether an endpoint's traffic is shared so.</summary>
    public bool IsApplied(ResourceKey key, params IReadOnlyList<FleetShare> traffic) =>
        _endpoints.TryGetValue(key, out var endpoint) && endpoint.IsApplied(traffic);

    /// <summary>Shares an endpoint's traffic out over fleets, which are started, scaled and ended to that end.</summary>
    /// <exception cref="ModelLoadException">An instance does not come up; the traffic stays as it was.</exception>
    public async Task ApplyAsync(ResourceKey key, IReadOnlyList<FleetShare> traffic, CancellationToken cancellationToken)
    {
        await _endpoints.GetOrAdd(key, name => new HostedEndpoint(name, _router, _loader, _places, _options)).ApplyAsync(traffic, cancellationToken);
        await _queues.OpenAsync(key, traffic.MaxBy(share => share.Share).Plan, cancellationToken);
    }

    /// <summary>Ends an endpoint's traffic, its models and its folder.</summary>
    public async Task RemoveAsync(ResourceKey key)
    {
        await _queues.RemoveAsync(key, CancellationToken.None);
        if (_endpoints.TryRemove(key, out var endpoint))
        {
            await endpoint.DisposeAsync();
        }

        FleetFolder.Delete(FleetFolder.OfEndpoint(_options, key));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _checking;
        await _queues.DisposeAsync();
        await Task.WhenAll(_endpoints.Values.Select(endpoint => endpoint.DisposeAsync().AsTask()));
        _endpoints.Clear();
        _stopping.Dispose();
    }

    private async Task CheckAsync()
    {
        using var timer = new PeriodicTimer(_options.HealthCheckInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await Task.WhenAll(_endpoints.Select(pair => CheckAsync(pair.Key, pair.Value)));
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task CheckAsync(ResourceKey key, HostedEndpoint endpoint)
    {
        try
        {
            await endpoint.CheckAsync(IsHealthyAsync, FailuresBeforeReplacement, _stopping.Token);
        }
        catch (ObjectDisposedException)
        {
            // It was removed meanwhile.
        }
#pragma warning disable CA1031 // One endpoint's trouble must not end the checks of all.
        catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogCheckFailed(error, key.Name);
        }
    }

    [LoggerMessage(EventId = 3111, Level = LogLevel.Error, Message = "The health checks of endpoint {Endpoint} failed")]
    private partial void LogCheckFailed(Exception exception, string endpoint);

    private async Task<bool> IsHealthyAsync(LoadedInstance instance)
    {
        using var patience = new CancellationTokenSource(_options.HealthCheckTimeout, _time);
        try
        {
            return await instance.Model.Server.PingAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
