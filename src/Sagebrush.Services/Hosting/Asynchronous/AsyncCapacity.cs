using Sagebrush.Services.Hosting.Endpoints;

namespace Sagebrush.Services.Hosting.Asynchronous;

/// <summary>How many requests each variant of an asynchronous endpoint works on at once, and which variant is the next one's. Not thread-safe.</summary>
internal sealed class AsyncCapacity(FleetPlan plan)
{
    private readonly Dictionary<string, int> _running = plan.Variants.ToDictionary(variant => variant.Name, static _ => 0, StringComparer.Ordinal);

    private readonly int _perInstance = plan.Async?.ClientConfig?.MaxConcurrentInvocationsPerInstance ?? Environment.ProcessorCount;

    /// <summary>The fleet it is the capacity of.</summary>
    public FleetPlan Plan { get; } = plan;

    /// <summary>Whether there is any instance.</summary>
    public bool HasInstances => Plan.Variants.Any(variant => variant.InstanceCount > 0);

    /// <summary>A variant with a free place, chosen by weight; null when there is none. The place is taken.</summary>
    public VariantPlan? TryTake()
    {
        var free = Plan.Variants.Where(variant => _running[variant.Name] < variant.InstanceCount * _perInstance).ToList();
        var weight = free.Sum(variant => variant.Weight);
        if (free.Count > 1 && weight > 0)
        {
            var point = Random.Shared.NextDouble() * weight;
            while (free.Count > 1 && point >= free[0].Weight)
            {
                point -= free[0].Weight;
                free.RemoveAt(0);
            }
        }

        if (free is not [var chosen, ..] || (chosen.Weight == 0 && Plan.Variants.Any(variant => variant.Weight > 0)))
        {
            return null;
        }

        _running[chosen.Name]++;
        return chosen;
    }

    /// <summary>Gives a place back.</summary>
    public void Release(VariantPlan variant) => _running[variant.Name] = Math.Max(0, _running[variant.Name] - 1);

    /// <summary>The same places for a fleet with other instance counts or weights; those taken stay taken.</summary>
    public AsyncCapacity With(FleetPlan plan)
    {
        var next = new AsyncCapacity(plan);
        foreach (var name in next._running.Keys.Where(_running.ContainsKey).ToList())
        {
            next._running[name] = _running[name];
        }

        return next;
    }
}
