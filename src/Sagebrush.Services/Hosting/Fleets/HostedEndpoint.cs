using System.Collections.Immutable;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Serving;
using Sagebrush.Serving.Routing;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>An endpoint in memory: its fleets, and the traffic between them.</summary>
/// <remarks>Its reconciler and the health checks change it in turns.</remarks>
internal sealed class HostedEndpoint(ResourceKey key, EndpointRouter router, InstanceLoader loader, InstancePlaces places, HostingOptions options)
    : IAsyncDisposable
{
    private readonly EndpointKey _endpoint = new(key.Account, key.Region, key.Name);
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, LoadedFleet> _fleets = [];
    private IReadOnlyList<FleetShare> _traffic = [];

    /// <summary>Whether the traffic is shared so, over these fleets and instances.</summary>
    public bool IsApplied(IReadOnlyList<FleetShare> traffic)
    {
        var now = Volatile.Read(ref _traffic);
        return now.Count == traffic.Count && now.Zip(traffic).All(pair => pair.First.IsSame(pair.Second));
    }

    /// <summary>
    /// Starts the instances that are missing, shares the traffic out, then ends what takes none any more: an instance after its
    /// last answer, and fleets that are not named.
    /// </summary>
    /// <exception cref="ModelLoadException">An instance does not come up, or there is no room; the traffic stays as it was.</exception>
    public async Task ApplyAsync(IReadOnlyList<FleetShare> traffic, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await GrowAsync(traffic, cancellationToken);
            Volatile.Write(ref _traffic, traffic);
            var surplus = Shrink(traffic);
            Publish();
            await RetireAsync(surplus, traffic);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Ends its traffic and its models.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            router.Withdraw(_endpoint);
            Volatile.Write(ref _traffic, []);
            await Task.WhenAll(_fleets.Values.Select(fleet => fleet.DisposeAsync().AsTask()));
            places.Return(_fleets.Values.Sum(fleet => fleet.Instances.Count()));
            _fleets.Clear();
        }
        finally
        {
            _gate.Dispose();
        }
    }

    /// <summary>Pings its instances, and replaces those that failed too often; does nothing while the endpoint is being changed.</summary>
    /// <param name="isHealthy">Asks one instance.</param>
    /// <param name="patience">The failures in a row after which an instance is replaced.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task CheckAsync(Func<LoadedInstance, Task<bool>> isHealthy, int patience, CancellationToken cancellationToken)
    {
        if (!_gate.Wait(0, CancellationToken.None))
        {
            return;
        }

        try
        {
            var checks = _fleets.Values.SelectMany(fleet => fleet.Variants.SelectMany(variant => variant.Instances.Select(instance => (fleet, variant, instance))))
                .Where(each => !each.instance.Model.Server.IsImmediate);
            await Task.WhenAll(checks.ToList().Select(async each =>
            {
                var healthy = await isHealthy(each.instance);
                each.instance.Model.IsHealthy = healthy;
                each.instance.FailedChecks = healthy ? 0 : each.instance.FailedChecks + 1;
            }));
            foreach (var (fleet, variant, instance) in checks.Where(each => each.instance.FailedChecks >= patience).ToList())
            {
                await ReplaceAsync(fleet, variant, instance, cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task GrowAsync(IReadOnlyList<FleetShare> traffic, CancellationToken cancellationToken)
    {
        var started = new List<(LoadedVariant Variant, ImmutableList<LoadedInstance> Instances)>();
        try
        {
            foreach (var plan in traffic.Select(share => share.Plan))
            {
                if (!_fleets.TryGetValue(plan.Id, out var fleet))
                {
                    _fleets[plan.Id] = fleet = loader.Prepare(key, plan);
                }

                foreach (var variant in fleet.Variants)
                {
                    var missing = plan.Find(variant.Plan.Name).Servers - variant.Instances.Count;
                    if (missing > 0)
                    {
                        var instances = await StartAsync(plan, variant, missing, cancellationToken);
                        variant.Instances = variant.Instances.AddRange(instances);
                        started.Add((variant, instances));
                    }
                }
            }
        }
        catch (Exception error)
        {
            foreach (var (variant, instances) in started)
            {
                variant.Instances = variant.Instances.RemoveRange(instances);
                await Task.WhenAll(instances.Select(instance => instance.RetireAsync()));
                places.Return(instances.Count);
            }

            await ForgetAsync(keep: _traffic, deleteFolders: error is ModelLoadException);
            throw;
        }
    }

    private async Task<ImmutableList<LoadedInstance>> StartAsync(FleetPlan plan, LoadedVariant variant, int count, CancellationToken cancellationToken)
    {
        places.Take(count);
        try
        {
            return await loader.StartAsync(key, plan, variant, count, cancellationToken);
        }
        catch
        {
            places.Return(count);
            throw;
        }
    }

    /// <summary>Takes the instances that are too many out of their variants.</summary>
    private List<LoadedInstance> Shrink(IReadOnlyList<FleetShare> traffic)
    {
        var surplus = new List<LoadedInstance>();
        foreach (var plan in traffic.Select(share => share.Plan))
        {
            foreach (var variant in _fleets[plan.Id].Variants)
            {
                var count = plan.Find(variant.Plan.Name).Servers;
                surplus.AddRange(variant.Instances.Skip(count));
                variant.Instances = [.. variant.Instances.Take(count)];
            }
        }

        return surplus;
    }

    private void Publish() =>
        router.Publish(_endpoint, [.. _traffic.Where(share => share.Share > 0).SelectMany(share => _fleets[share.Plan.Id].Routes(share))]);

    private async Task RetireAsync(List<LoadedInstance> surplus, IReadOnlyList<FleetShare> traffic)
    {
        await Task.WhenAll(surplus.Select(instance => instance.RetireAsync()));
        places.Return(surplus.Count);
        await ForgetAsync(traffic, deleteFolders: true);
        var folder = FleetFolder.OfEndpoint(options, key);
        if (Directory.Exists(folder))
        {
            // Those a crash left behind included.
            var kept = traffic.Select(share => FleetFolder.Of(options, key, share.Plan).Path).ToHashSet();
            foreach (var other in Directory.EnumerateDirectories(folder).Where(path => !kept.Contains(path)))
            {
                FleetFolder.Delete(other);
            }
        }
    }

    /// <summary>Ends the fleets that take no part in the traffic.</summary>
    private async Task ForgetAsync(IReadOnlyList<FleetShare> keep, bool deleteFolders)
    {
        foreach (var fleet in _fleets.Values.Where(fleet => keep.All(share => share.Plan.Id != fleet.Id)).ToList())
        {
            _fleets.Remove(fleet.Id);
            await fleet.DisposeAsync();
            places.Return(fleet.Instances.Count());
            if (deleteFolders)
            {
                FleetFolder.Delete(Path.Join(FleetFolder.OfEndpoint(options, key), fleet.Id));
            }
        }
    }

    private async Task ReplaceAsync(LoadedFleet fleet, LoadedVariant variant, LoadedInstance instance, CancellationToken cancellationToken)
    {
        instance.Log.Write($"The instance {instance.Id} failed {instance.FailedChecks} health checks in a row; it is being replaced");
        var plan = _traffic.First(share => share.Plan.Id == fleet.Id).Plan;
        try
        {
            var next = await loader.StartAsync(key, plan, variant, 1, cancellationToken);
            variant.Instances = variant.Instances.Replace(instance, next[0]);
            Publish();
            await instance.RetireAsync();
        }
        catch (ModelLoadException error)
        {
            // It is tried again after as many checks as it took to get here.
            instance.FailedChecks = 0;
            instance.Log.Write($"The instance {instance.Id} could not be replaced: {error.Message}");
        }
    }
}
