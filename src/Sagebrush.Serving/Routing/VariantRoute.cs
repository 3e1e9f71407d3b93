using System.Collections.Immutable;

namespace Sagebrush.Serving.Routing;

/// <summary>A production variant as the router sees it.</summary>
public sealed class VariantRoute
{
    private readonly ServedModel[] _instances;
    private uint _turn;

    /// <summary>A variant on several instances; without any it takes no requests.</summary>
    /// <param name="name">The variant's name.</param>
    /// <param name="weight">Its share of the traffic, relative to the other variants' weights; not negative.</param>
    /// <param name="instances">The instances that answer for it.</param>
    /// <param name="capture">Keeps its requests and answers, if they are to be kept.</param>
    public VariantRoute(string name, double weight, ImmutableArray<ServedModel> instances, IInvocationCapture? capture = null)
    {
        (Name, Weight, Instances, Capture) = (name, weight, instances, capture);
        _instances = [.. instances];
    }

    /// <summary>A variant on one instance.</summary>
    public VariantRoute(string name, double weight, ServedModel instance, IInvocationCapture? capture = null)
        : this(name, weight, [instance], capture)
    {
    }

    /// <summary>The variant's name.</summary>
    public string Name { get; }

    /// <summary>Its share of the traffic, relative to the other variants' weights.</summary>
    public double Weight { get; }

    /// <summary>The instances that answer for it.</summary>
    public ImmutableArray<ServedModel> Instances { get; }

    /// <summary>Keeps its requests and answers, if they are to be kept.</summary>
    public IInvocationCapture? Capture { get; }

    /// <summary>Counts its requests, if somebody wants to know.</summary>
    public IInvocationMetrics? Metrics { get; init; }

    /// <summary>Whether its requests come from a queue alone.</summary>
    public bool IsAsynchronous { get; init; }

    /// <summary>Copies its requests to a shadow variant, if it has one.</summary>
    public ShadowMirror? Shadow { get; init; }

    /// <summary>Answers its requests with explanations beside the predictions, if its endpoint has an explainer.</summary>
    public IInvocationExplainer? Explainer { get; init; }

    /// <summary>Whether instances are drawn at random; else the one with the fewest requests in flight is asked.</summary>
    public bool DrawsInstances { get; init; }

    /// <summary>Enters the instance whose turn it is: a healthy one, with the fewest requests in flight, before all others.</summary>
    /// <returns>Null when no instance lets a request in any more.</returns>
    internal ServedModel? Enter()
    {
        var instances = _instances;
        if (instances.Length == 1)
        {
            return instances[0].TryEnter() ? instances[0] : null;
        }

        // Each look begins at another instance, so that idle ones take turns.
        var start = DrawsInstances ? (uint)Random.Shared.Next() : Interlocked.Increment(ref _turn);
        while (true)
        {
            ServedModel? best = null;
            var least = int.MaxValue;
            for (var i = 0u; i < instances.Length; i++)
            {
                var instance = instances[(start + i) % (uint)instances.Length];
                if (instance.IsRetired)
                {
                    continue;
                }

                // One that is ill is asked only when all are.
                var load = (DrawsInstances ? 0 : instance.InFlight) + (instance.IsHealthy ? 0 : int.MaxValue / 2);
                if (load < least)
                {
                    (best, least) = (instance, load);
                    if (load == 0)
                    {
                        break;
                    }
                }
            }

            if (best is null || best.TryEnter())
            {
                return best;
            }
        }
    }
}
