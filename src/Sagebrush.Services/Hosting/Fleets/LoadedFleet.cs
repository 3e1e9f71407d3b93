using System.Collections.Immutable;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Serving.Routing;
using Sagebrush.Serving.Serverless;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>A fleet in memory: the models of a plan, loaded, with their logs.</summary>
internal sealed class LoadedFleet(string id, ImmutableArray<LoadedVariant> variants)
{
    public string Id { get; } = id;

    /// <summary>The routes of these models with the shares, and the concurrency, of a plan of the same fleet.</summary>
    public ImmutableArray<VariantRoute> Routes(FleetPlan plan) => [.. variants.Select(variant => Route(variant, plan))];

    /// <summary>Whether every model answers.</summary>
    public async ValueTask<bool> PingAsync(CancellationToken cancellationToken)
    {
        foreach (var variant in variants)
        {
            if (!await variant.Model.Server.PingAsync(cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    private static VariantRoute Route(LoadedVariant variant, FleetPlan plan)
    {
        var planned = plan.Variants.First(planned => planned.Name == variant.Name);
        variant.Metrics.Instances = planned.InstanceCount;
        if (variant.Model.Server is ServerlessModelServer server && planned.Serverless is { } serverless)
        {
            server.SetConcurrency(serverless.MaxConcurrency, serverless.ProvisionedConcurrency ?? 0);
        }

        return new VariantRoute(variant.Name, planned.Weight, variant.Model, variant.Log.StreamArn, variant.Capture, variant.Metrics)
        {
            IsAsynchronous = plan.Async is not null,
        };
    }

    /// <summary>Waits for requests in flight, then ends the models and their logs.</summary>
    public async Task RetireAsync()
    {
        await Task.WhenAll(variants.Select(variant => variant.Model.RetireAsync()));
        await Task.WhenAll(variants.Select(variant => variant.Capture?.DisposeAsync().AsTask() ?? Task.CompletedTask));
        foreach (var variant in variants)
        {
            variant.Metrics.Dispose();
            variant.Meter.Dispose();
        }

        await Task.WhenAll(variants.Select(variant => variant.Log.DisposeAsync().AsTask()));
    }
}
