using System.Collections.Immutable;
using Sagebrush.Serving.Routing;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>A fleet in memory: the variants of a plan with the instances they have now.</summary>
internal sealed class LoadedFleet(string id, ImmutableArray<LoadedVariant> variants)
{
    public string Id { get; } = id;

    public ImmutableArray<LoadedVariant> Variants { get; } = variants;

    /// <summary>Its instances, of all variants.</summary>
    public IEnumerable<LoadedInstance> Instances => Variants.SelectMany(variant => variant.Instances);

    /// <summary>The routes of its variants, whose weights together are the fleet's share of the traffic.</summary>
    public IEnumerable<VariantRoute> Routes(FleetShare share)
    {
        foreach (var variant in Variants)
        {
            variant.SetConcurrency(share.Plan.Find(variant.Plan.Name).Serverless);
        }

        var total = share.Plan.Variants.Sum(variant => variant.Weight);
        return Variants.Select(variant => variant.Route(
            total == 0 ? share.Share / Variants.Length : share.Share * share.Plan.Find(variant.Plan.Name).Weight / total));
    }

    /// <summary>Waits for requests in flight, then ends the models and their logs.</summary>
    public Task RetireAsync() => Task.WhenAll(Variants.Select(variant => variant.RetireAsync()));
}
