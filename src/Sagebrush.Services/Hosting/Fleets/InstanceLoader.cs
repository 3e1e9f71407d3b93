using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Capture;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Explaining;
using Sagebrush.Services.Hosting.Metrics;
using Sagebrush.Serving;
using Sagebrush.Serving.Composite;
using Sagebrush.Serving.Routing;
using Sagebrush.Serving.Serverless;
using Sagebrush.State.Logs;
using Sagebrush.State.Metrics;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>Starts instances of variants.</summary>
/// <remarks>
/// A model evaluated in this process is loaded once and shared by its variant's instances, which are lanes to it; of any other,
/// each instance is a server of its own.
/// </remarks>
internal sealed class InstanceLoader(
    VariantLoader loader, HostingOptions options, ILogStore logs, IObjectStore objects, IMetricPublisher metrics, TimeProvider time, ILogger<InstanceLoader> logger)
{
    private const int AtOnce = 4;

    /// <summary>A fleet without instances yet.</summary>
    public LoadedFleet Prepare(ResourceKey key, FleetPlan plan) =>
        new(
            plan.Id,
            [.. plan.Variants.Select(variant => Prepare(key, plan, variant))],
            [.. plan.Shadows.Select(variant => Prepare(key, plan, variant))],
            time);

    /// <summary>Starts more instances of a variant; the first of them shows whether the model loads, the others follow together.</summary>
    /// <returns>The new instances, each of which answers a ping.</returns>
    /// <exception cref="ModelLoadException">One of them does not come up; then none is left.</exception>
    public async Task<ImmutableList<LoadedInstance>> StartAsync(
        ResourceKey key, FleetPlan plan, LoadedVariant variant, int count, CancellationToken cancellationToken)
    {
        var started = new List<LoadedInstance>();
        var indexes = Enumerable.Range(0, int.MaxValue).Where(i => variant.Instances.TrueForAll(instance => instance.Id != Id(variant.Plan, i))).Take(count).ToList();
        try
        {
            variant.Explainer ??= await ExplainerLoader.LoadAsync(plan, FleetFolder.Of(options, key, plan), objects, time, cancellationToken);
            started.Add(await StartAsync(key, plan, variant, Id(variant.Plan, indexes[0]), variant.Instances.FirstOrDefault(), cancellationToken));
            await Parallel.ForEachAsync(
                indexes.Skip(1),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (index, cancel) =>
                {
                    var instance = await StartAsync(key, plan, variant, Id(variant.Plan, index), started[0], cancel);
                    lock (started)
                    {
                        started.Add(instance);
                    }
                });
            return [.. started];
        }
        catch
        {
            await Task.WhenAll(started.Select(instance => instance.RetireAsync()));
            throw;
        }
    }

    private async Task<LoadedInstance> StartAsync(
        ResourceKey key, FleetPlan plan, LoadedVariant variant, string id, LoadedInstance? sibling, CancellationToken cancellationToken)
    {
        var stream = new LogGroupKey(key.Account, key.Region, $"/aws/sagemaker/Endpoints/{key.Name}").Stream($"{variant.Plan.Name}/{id}");
        await logs.EnsureStreamAsync(stream, cancellationToken);
        var log = new EndpointLog(logs, stream, time, logger);
        IModelServer? server = null;
        try
        {
            server = (sibling?.Model.Server as SharedModelServer)?.Another();
            if (server is null)
            {
                var planned = variant.Plan with { InstanceCount = 1, InstanceId = id };
                var folder = FleetFolder.Of(options, key, plan);
                server = planned.Serverless is { } serverless
                    ? await LoadServerlessAsync(key, planned, serverless, folder, log, cancellationToken)
                    : await loader.LoadAsync(planned, folder, log.Write, cancellationToken);
                server = server.IsImmediate ? SharedModelServer.Open(server) : server;
            }

            if (!await server.PingAsync(cancellationToken))
            {
                throw new ModelLoadException(
                    $"The primary container for production variant {variant.Plan.Name} did not pass the ping health check. " +
                    "Please check CloudWatch logs for this endpoint.");
            }

            if (ServerMeasures.ModelsOf(server) is { } models)
            {
                models.Observer = variant.Metrics;
            }

            return new LoadedInstance(
                id, new ServedModel(server) { LogStreamArn = log.StreamArn }, log, new EndpointMeter(metrics, Endpoint(key), variant.Plan, server, time));
        }
        catch
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }

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

    private static EndpointKey Endpoint(ResourceKey key) => new(key.Account, key.Region, key.Name);

    private LoadedVariant Prepare(ResourceKey key, FleetPlan plan, VariantPlan planned)
    {
        var variant = new LoadedVariant(planned, new VariantMetrics(metrics, Endpoint(key), planned.Name, planned.InstanceCount)) { IsAsynchronous = plan.Async is not null };
        if (plan.Capture is { EnableCapture: true } capture)
        {
            variant.Capture = new VariantCapture(capture, key.Name, planned.Name, objects, time, variant.Say, logger);
        }

        return variant;
    }

    /// <summary>The id of a variant's instance, the same after a restart: its log stream goes on.</summary>
    private static string Id(VariantPlan variant, int index) => index == 0
        ? variant.InstanceId
        : $"i-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{variant.InstanceId}/{index}")))[..17]}";
}
