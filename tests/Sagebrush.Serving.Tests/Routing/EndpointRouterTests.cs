using Sagebrush.Serving.Routing;

namespace Sagebrush.Serving.Tests.Routing;

public sealed class EndpointRouterTests
{
    private static readonly EndpointKey Key = new("000000000000", "us-east-1", "churn");

    private readonly EndpointRouter _router = new();

    [Fact]
    public void TryAcquire_UnknownEndpoint_FindsNone() =>
        Assert.Equal(RouteOutcome.NoEndpoint, _router.TryAcquire(Key, null, out _));

    [Fact]
    public void TryAcquire_NameInOtherCaseOrRegion_FindsNone()
    {
        _router.Publish(Key, [new VariantRoute("A", 1, new ServedModel(new FakeServer()))]);

        Assert.Equal(RouteOutcome.NoEndpoint, _router.TryAcquire(Key with { Name = "Churn" }, null, out _));
        Assert.Equal(RouteOutcome.NoEndpoint, _router.TryAcquire(Key with { Region = "eu-west-1" }, null, out _));
    }

    [Fact]
    public void TryAcquire_TargetVariant_IsHonoured()
    {
        _router.Publish(Key, [Variant("A", 1), Variant("B", 0)]);

        Assert.Equal(RouteOutcome.Found, _router.TryAcquire(Key, "B", out var lease));
        Assert.Equal("B", lease.Variant.Name);
        lease.Dispose();
        Assert.Equal(RouteOutcome.NoVariant, _router.TryAcquire(Key, "C", out _));
    }

    [Fact]
    public void TryAcquire_Weights_ShareTraffic()
    {
        _router.Publish(Key, [Variant("A", 3), Variant("B", 0), Variant("C", 1)]);

        var counts = Count(20_000);

        // A fair draw lies within 5 standard deviations (61 each) all but one time in a million.
        Assert.InRange(counts["A"], 15_000 - 306, 15_000 + 306);
        Assert.False(counts.ContainsKey("B"));
    }

    [Fact]
    public void TryAcquire_AllWeightsZero_SharesEqually()
    {
        _router.Publish(Key, [Variant("A", 0), Variant("B", 0)]);
        Assert.InRange(Count(10_000)["A"], 4_750, 5_250);
    }

    [Fact]
    public async Task RetireAsync_RequestInFlight_WaitsForItBeforeDisposal()
    {
        var server = new FakeServer();
        _router.Publish(Key, [new VariantRoute("A", 1, new ServedModel(server))]);
        _router.TryAcquire(Key, null, out var lease);

        var next = new ServedModel(new FakeServer());
        var old = Assert.Single(_router.Publish(Key, [new VariantRoute("A", 1, next)]));
        var retiring = old.RetireAsync();

        Assert.False(retiring.IsCompleted);
        Assert.False(server.Disposed);
        Assert.Equal(1, old.InFlight);
        _router.TryAcquire(Key, null, out var second);
        Assert.Same(next.Server, second.Server);
        second.Dispose();

        lease.Dispose();
        await retiring;
        Assert.True(server.Disposed);
    }

    [Fact]
    public async Task RetireAsync_Twice_DisposesOnce()
    {
        var model = new ServedModel(new FakeServer());
        await Task.WhenAll(model.RetireAsync(), model.RetireAsync());
    }

    [Fact]
    public void Publish_SameModelAgain_DoesNotGiveItBack()
    {
        var kept = Variant("A", 1);
        var dropped = Variant("B", 1);
        _router.Publish(Key, [kept, dropped]);

        Assert.Same(dropped.Instances[0], Assert.Single(_router.Publish(Key, [new VariantRoute("A", 5, kept.Instances)])));
    }

    [Fact]
    public async Task Publish_WhileRequestsRun_NeverHandsOutADisposedServer()
    {
        _router.Publish(Key, [Variant("A", 1)]);
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.Equal(RouteOutcome.Found, _router.TryAcquire(Key, null, out var lease));
                Assert.False(((FakeServer)lease.Server).Disposed);
                lease.Dispose();
            }
        })).ToArray();

        for (var i = 0; i < 500; i++)
        {
            foreach (var old in _router.Publish(Key, [Variant("A", 1)]))
            {
                await old.RetireAsync();
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Fact]
    public void TryAcquire_SeveralInstances_AsksTheOneWithTheFewestRequests()
    {
        var instances = Enumerable.Range(0, 4).Select(_ => new ServedModel(new FakeServer())).ToArray();
        _router.Publish(Key, [new VariantRoute("A", 1, [.. instances])]);

        var leases = new List<VariantLease>();
        for (var i = 0; i < 40; i++)
        {
            _router.TryAcquire(Key, null, out var lease);
            leases.Add(lease);
        }

        Assert.All(instances, instance => Assert.Equal(10, instance.InFlight));
        leases.Where(lease => lease.Instance == instances[2]).ToList().ForEach(lease => lease.Dispose());
        for (var i = 0; i < 10; i++)
        {
            _router.TryAcquire(Key, null, out var lease);
            Assert.Same(instances[2], lease.Instance);
        }
    }

    [Fact]
    public void TryAcquire_IdleInstances_TakeTurns()
    {
        var instances = Enumerable.Range(0, 3).Select(_ => new ServedModel(new FakeServer())).ToArray();
        _router.Publish(Key, [new VariantRoute("A", 1, [.. instances])]);

        var seen = new HashSet<ServedModel>();
        for (var i = 0; i < 3; i++)
        {
            _router.TryAcquire(Key, null, out var lease);
            seen.Add(lease.Instance);
            lease.Dispose();
        }

        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public void TryAcquire_InstanceIll_GoesToTheOthersUntilAllAre()
    {
        var ill = new ServedModel(new FakeServer()) { IsHealthy = false };
        var well = new ServedModel(new FakeServer());
        _router.Publish(Key, [new VariantRoute("A", 1, [ill, well])]);

        for (var i = 0; i < 5; i++)
        {
            _router.TryAcquire(Key, null, out var lease);
            Assert.Same(well, lease.Instance);
        }

        well.IsHealthy = false;
        Assert.Equal(RouteOutcome.Found, _router.TryAcquire(Key, null, out var any));
        Assert.Same(ill, any.Instance);
    }

    [Fact]
    public async Task TryAcquire_InstanceRetired_GoesToTheOthers()
    {
        var leaving = new ServedModel(new FakeServer());
        var staying = new ServedModel(new FakeServer());
        _router.Publish(Key, [new VariantRoute("A", 1, [leaving, staying])]);
        await leaving.RetireAsync();

        for (var i = 0; i < 4; i++)
        {
            _router.TryAcquire(Key, null, out var lease);
            Assert.Same(staying, lease.Instance);
        }
    }

    [Fact]
    public void TryAcquire_VariantWithoutInstances_LeavesTheTrafficToTheOthers()
    {
        _router.Publish(Key, [new VariantRoute("A", 9, []), Variant("B", 1)]);
        Assert.Equal(100, Count(100)["B"]);
        Assert.Equal(RouteOutcome.NoCapacity, _router.TryAcquire(Key, "A", out _));

        _router.Publish(Key, [new VariantRoute("A", 1, [])]);
        Assert.Equal(RouteOutcome.NoCapacity, _router.TryAcquire(Key, null, out _));
    }

    [Fact]
    public void TryAcquire_TwoFleetsWithTheVariant_SharesTargetedRequestsToo()
    {
        var old = Variant("A", 0.75);
        var next = Variant("A", 0.25);
        _router.Publish(Key, [old, next, Variant("B", 1)]);

        var onNext = 0;
        for (var i = 0; i < 20_000; i++)
        {
            _router.TryAcquire(Key, "A", out var lease);
            onNext += lease.Variant == next ? 1 : 0;
            lease.Dispose();
        }

        Assert.InRange(onNext, 5_000 - 306, 5_000 + 306);
    }

    private static VariantRoute Variant(string name, double weight) => new(name, weight, new ServedModel(new FakeServer()));

    private Dictionary<string, int> Count(int draws)
    {
        var counts = new Dictionary<string, int>();
        for (var i = 0; i < draws; i++)
        {
            _router.TryAcquire(Key, null, out var lease);
            counts[lease.Variant.Name] = counts.GetValueOrDefault(lease.Variant.Name) + 1;
            lease.Dispose();
        }

        return counts;
    }
}
