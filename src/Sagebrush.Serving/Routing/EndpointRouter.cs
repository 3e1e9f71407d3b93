using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Sagebrush.Serving.Routing;

/// <summary>Where requests to endpoints go: an immutable table that readers use without locks and writers swap whole.</summary>
public sealed class EndpointRouter
{
    private readonly Lock _writing = new();
    private FrozenDictionary<EndpointKey, EndpointRoute> _routes = FrozenDictionary<EndpointKey, EndpointRoute>.Empty;

    /// <summary>Chooses an instance of a variant for one request, by weight or by name, and holds its model until the lease ends.</summary>
    /// <param name="endpoint">The endpoint asked for.</param>
    /// <param name="targetVariant">The variant the caller insists on, if any.</param>
    /// <param name="lease">The chosen variant, when the outcome is <see cref="RouteOutcome.Found"/>.</param>
    public RouteOutcome TryAcquire(EndpointKey endpoint, string? targetVariant, out VariantLease lease)
    {
        while (Volatile.Read(ref _routes).TryGetValue(endpoint, out var route))
        {
            var variant = route.Choose(targetVariant);
            if (variant is null || variant.Instances.IsEmpty)
            {
                lease = default;
                return variant is null ? RouteOutcome.NoVariant : RouteOutcome.NoCapacity;
            }

            if (variant.Enter() is { } instance)
            {
                lease = new VariantLease(variant, instance);
                return RouteOutcome.Found;
            }

            // The table was swapped between the look and the step: the next look sees the new one.
        }

        lease = default;
        return RouteOutcome.NoEndpoint;
    }

    /// <summary>Sends an endpoint's traffic to these variants from now on.</summary>
    /// <returns>The models that no longer take its traffic; the caller retires them.</returns>
    public ImmutableArray<ServedModel> Publish(EndpointKey endpoint, ImmutableArray<VariantRoute> variants)
    {
        ArgumentOutOfRangeException.ThrowIfZero(variants.Length);
        foreach (var variant in variants)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(variant.Weight);
        }

        return Swap(endpoint, new EndpointRoute(variants));
    }

    /// <summary>Ends an endpoint's traffic.</summary>
    /// <returns>The models that took it; the caller retires them.</returns>
    public ImmutableArray<ServedModel> Withdraw(EndpointKey endpoint) => Swap(endpoint, null);

    /// <summary>The variants that take an endpoint's traffic now; empty when it has none.</summary>
    public ImmutableArray<VariantRoute> Variants(EndpointKey endpoint) =>
        Volatile.Read(ref _routes).TryGetValue(endpoint, out var route) ? [.. route.Variants] : [];

    private ImmutableArray<ServedModel> Swap(EndpointKey endpoint, EndpointRoute? route)
    {
        lock (_writing)
        {
            var routes = _routes.ToDictionary();
            routes.Remove(endpoint, out var old);
            if (route is not null)
            {
                routes[endpoint] = route;
            }

            Volatile.Write(ref _routes, routes.ToFrozenDictionary());
            return old is null
                ? []
                : [.. Instances(old).Except(route is null ? [] : Instances(route))];
        }
    }

    private static IEnumerable<ServedModel> Instances(EndpointRoute route) =>
        route.Variants.ToArray().SelectMany(variant => variant.Instances);
}
