using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Asynchronous;
using Sagebrush.Services.Hosting.Capture;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Metrics;
using Sagebrush.Serving;
using Sagebrush.Serving.Routing;
using Sagebrush.Serving.Serverless;
using Sagebrush.State.Logs;
using Sagebrush.State.Metrics;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>The fleets loaded in this process, and the traffic to them.</summary>
/// <remarks>Calls for one endpoint never overlap: they come from its reconciler.</remarks>
internal sealed class EndpointFleets(
    EndpointRouter router, VariantLoader loader, AsyncQueues queues, HostingOptions options, ILogStore logs, IObjectStore objects, IMetricPublisher metrics,
    TimeProvider time, ILogger<EndpointFleets> logger)
    : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ResourceKey, LoadedFleet> _fleets = new();

    /// <summary>Whether this fleet takes the endpoint's traffic.</summary>
    public bool IsServing(ResourceKey key, FleetPlan plan) => _fleets.TryGetValue(key, out var fleet) && fleet.Id == plan.Id;

    /// <summary>Loads a fleet, unless it is the one that serves already, and moves the traffic to it when it answers.</summary>
    /// <exception cref="ModelLoadException">A model of it cannot be loaded; the traffic stays where it was.</exception>
    public async Task DeployAsync(ResourceKey key, FleetPlan plan, CancellationToken cancellationToken)
    {
        var old = _fleets.GetValueOrDefault(key);
        var fleet = old?.Id == plan.Id ? old : await LoadAsync(key, plan, cancellationToken);
        _fleets[key] = fleet;
        router.Publish(Endpoint(key), fleet.Routes(plan));
        await queues.OpenAsync(key, plan, cancellationToken);
        if (old is not null && old != fleet)
        {
            await old.RetireAsync();
        }

        KeepOnly(key, plan);
    }

    /// <summary>Ends an endpoint's traffic, its models and its folder.</summary>
    public async Task RemoveAsync(ResourceKey key)
    {
        router.Withdraw(Endpoint(key));
        await queues.RemoveAsync(key, CancellationToken.None);
        if (_fleets.TryRemove(key, out var fleet))
        {
            await fleet.RetireAsync();
        }

        FleetFolder.Delete(FleetFolder.OfEndpoint(options, key));
    }

    public async ValueTask DisposeAsync()
    {
        await queues.DisposeAsync();
        foreach (var key in _fleets.Keys)
        {
            router.Withdraw(Endpoint(key));
        }

        await Task.WhenAll(_fleets.Values.Select(fleet => fleet.RetireAsync()));
        _fleets.Clear();
    }

    private static EndpointKey Endpoint(ResourceKey key) => new(key.Account, key.Region, key.Name);

    private async Task<LoadedFleet> LoadAsync(ResourceKey key, FleetPlan plan, CancellationToken cancellationToken)
    {
        var folder = FleetFolder.Of(options, key, plan);
        var variants = ImmutableArray.CreateBuilder<LoadedVariant>(plan.Variants.Count);
        try
        {
            foreach (var variant in plan.Variants)
            {
                variants.Add(await LoadAsync(key, variant, plan.Capture, folder, cancellationToken));
            }

            var fleet = new LoadedFleet(plan.Id, variants.ToImmutable());
            return await fleet.PingAsync(cancellationToken)
                ? fleet
                : throw new ModelLoadException(
                    $"The primary container for production variant {plan.Variants[0].Name} did not pass the ping health check. " +
                    "Please check CloudWatch logs for this endpoint.");
        }
        catch (Exception error)
        {
            await new LoadedFleet(plan.Id, variants.ToImmutable()).RetireAsync();
            if (error is ModelLoadException)
            {
                // Anything else is tried again, and finds there what was unpacked so far.
                FleetFolder.Delete(folder.Path);
            }

            throw;
        }
    }

    private async Task<LoadedVariant> LoadAsync(
        ResourceKey key, VariantPlan variant, DataCaptureConfig? capture, FleetFolder folder, CancellationToken cancellationToken)
    {
        var stream = new LogGroupKey(key.Account, key.Region, $"/aws/sagemaker/Endpoints/{key.Name}")
            .Stream($"{variant.Name}/{variant.InstanceId}");
        await logs.EnsureStreamAsync(stream, cancellationToken);
        var log = new EndpointLog(logs, stream, time, logger);
        try
        {
            var server = variant.Serverless is { } serverless
                ? await LoadServerlessAsync(key, variant, serverless, folder, log, cancellationToken)
                : await loader.LoadAsync(variant, folder, log.Write, cancellationToken);
            var capturing = capture is { EnableCapture: true } ? new VariantCapture(capture, key.Name, variant.Name, objects, time, log.Write, logger) : null;
            var counting = new VariantMetrics(metrics, Endpoint(key), variant.Name, variant.InstanceCount);
            if (ServerMeasures.ModelsOf(server) is { } models)
            {
                models.Observer = counting;
            }

            return new LoadedVariant(
                variant.Name, new ServedModel(server), log, capturing, counting, new EndpointMeter(metrics, Endpoint(key), variant, server, time));
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }

    private async Task<IModelServer> LoadServerlessAsync(
        ResourceKey key, VariantPlan variant, ProductionVariantServerlessConfig serverless, FleetFolder folder, EndpointLog log, CancellationToken cancellationToken)
    {
        var setup = new MetricKey(
            key.Account, key.Region, "AWS/SageMaker", "ModelSetupTime", MetricDimensions.Of(("EndpointName", key.Name), ("VariantName", variant.Name)));
        return await ServerlessModelServer.LoadAsync(
            stop => loader.LoadAsync(variant, folder, log.Write, stop),
            new ServerlessOptions
            {
                MaxConcurrency = serverless.MaxConcurrency,
                ProvisionedConcurrency = serverless.ProvisionedConcurrency ?? 0,
                IdleTime = options.ServerlessIdleTime,
                Started = took => metrics.Publish(setup, took.TotalMicroseconds, MetricUnits.Microseconds),
                TimeProvider = time,
            },
            cancellationToken);
    }

    /// <summary>Deletes the folders of fleets before this one, those a crash left behind included.</summary>
    private void KeepOnly(ResourceKey key, FleetPlan plan)
    {
        var folder = FleetFolder.Of(options, key, plan);
        if (!Directory.Exists(folder.Endpoint))
        {
            return;
        }

        foreach (var other in Directory.EnumerateDirectories(folder.Endpoint).Where(path => path != folder.Path))
        {
            FleetFolder.Delete(other);
        }
    }
}
