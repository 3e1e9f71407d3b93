using System.Collections.Immutable;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Serving.Routing;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>A fleet in memory: the variants of a plan with the instances they have now.</summary>
internal sealed class LoadedFleet(string id, ImmutableArray<LoadedVariant> production, ImmutableArray<LoadedVariant> shadows, TimeProvider time)
    : IAsyncDisposable
{
    private ShadowMirror? _mirror;

    public string Id { get; } = id;

    /// <summary>Its variants, shadows included.</summary>
    public ImmutableArray<LoadedVariant> Variants { get; } = [.. production, .. shadows];

    /// <summary>Its instances, of all variants.</summary>
    public IEnumerable<LoadedInstance> Instances => Variants.SelectMany(variant => variant.Instances);

    /// <summary>The routes of its production variants, whose weights together are the fleet's share of the traffic.</summary>
    public IEnumerable<VariantRoute> Routes(FleetShare share)
    {
        foreach (var variant in Variants)
        {
            variant.SetConcurrency(share.Plan.Find(variant.Plan.Name).Serverless);
        }

        var total = share.Plan.Variants.Sum(variant => variant.Weight);
        var mirror = Mirror(share.Plan, total);
        return production.Select(variant => variant.Route(
            total == 0 ? share.Share / production.Length : share.Share * share.Plan.Find(variant.Plan.Name).Weight / total, mirror));
    }

    /// <summary>Waits for requests in flight, then ends the models and their logs.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(production.Select(variant => variant.RetireAsync()));
        if (_mirror is not null)
        {
            await _mirror.DisposeAsync();
        }

        await Task.WhenAll(shadows.Select(variant => variant.RetireAsync()));
    }

    /// <summary>What copies requests to the shadow: the share its weight is of production's.</summary>
    private ShadowMirror? Mirror(FleetPlan plan, float production)
    {
        if (shadows is not [var shadow])
        {
            return null;
        }

        var sampling = production == 0 ? 1 : Math.Min(1, plan.Find(shadow.Plan.Name).Weight / production);
        if (_mirror is null)
        {
            _mirror = new ShadowMirror(shadow.Route(1), sampling, new ShadowObserver(shadow), time);
        }
        else
        {
            _mirror.Update(shadow.Route(1), sampling);
        }

        return _mirror;
    }
}
