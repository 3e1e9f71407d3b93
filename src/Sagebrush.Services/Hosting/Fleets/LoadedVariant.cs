using System.Collections.Immutable;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Capture;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Explaining;
using Sagebrush.Services.Hosting.Metrics;
using Sagebrush.Serving.Routing;
using Sagebrush.Serving.Serverless;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>A variant in memory: as many instances as it has now.</summary>
internal sealed class LoadedVariant(VariantPlan plan, VariantMetrics metrics)
{
    public VariantPlan Plan { get; } = plan;

    public ImmutableList<LoadedInstance> Instances { get; set; } = [];

    /// <summary>Counts its requests.</summary>
    public VariantMetrics Metrics => metrics;

    /// <summary>Whether its requests come from a queue alone.</summary>
    public bool IsAsynchronous { get; init; }

    /// <summary>Keeps its requests and answers, if they are to be kept.</summary>
    public VariantCapture? Capture { get; set; }

    /// <summary>Explains its predictions, if its endpoint has an explainer.</summary>
    public ClarifyExplainer? Explainer { get; set; }

    /// <summary>The route of the instances it has now.</summary>
    public VariantRoute Route(double weight, ShadowMirror? shadow = null)
    {
        metrics.Instances = Instances.Count;
        return new VariantRoute(Plan.Name, weight, [.. Instances.Select(instance => instance.Model)], Capture)
        {
            Metrics = metrics,
            IsAsynchronous = IsAsynchronous,
            Shadow = shadow,
            Explainer = Explainer,
            DrawsInstances = Plan.Variant.RoutingConfig?.RoutingStrategy == RoutingStrategy.Random,
        };
    }

    /// <summary>Changes how many requests a serverless variant takes at once.</summary>
    public void SetConcurrency(ProductionVariantServerlessConfig? serverless)
    {
        foreach (var server in Instances.Select(instance => instance.Model.Server).OfType<ServerlessModelServer>())
        {
            server.SetConcurrency(serverless!.MaxConcurrency, serverless.ProvisionedConcurrency ?? 0);
        }
    }

    /// <summary>Writes into the log of its first instance.</summary>
    public void Say(string line) => Instances.FirstOrDefault()?.Log.Write(line);

    /// <summary>Ends its instances, what captures their requests, and their logs.</summary>
    public async Task RetireAsync()
    {
        await Task.WhenAll(Instances.Select(instance => instance.Model.RetireAsync()));
        if (Capture is not null)
        {
            await Capture.DisposeAsync();
        }

        metrics.Dispose();
        await Task.WhenAll(Instances.Select(instance => instance.RetireAsync()));
    }
}
