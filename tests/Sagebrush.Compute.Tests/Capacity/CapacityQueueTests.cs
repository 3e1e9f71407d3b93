using FsCheck;
using FsCheck.Fluent;
using Sagebrush.Compute.Capacity;

namespace Sagebrush.Compute.Tests.Capacity;

public sealed class CapacityQueueTests
{
    private const long GiB = 1L << 30;

    [Fact]
    public void Enqueue_WhatFits_IsGrantedAtOnce()
    {
        var queue = new CapacityQueue(new(4, 16 * GiB, 0));

        using var ticket = queue.Enqueue("a", new(2, 8 * GiB, 0));

        Assert.True(ticket.IsGranted);
        Assert.Null(ticket.WaitingReason);
        Assert.Equal(new ComputeResources(2, 8 * GiB, 0), queue.Used);
    }

    [Fact]
    public void Enqueue_MoreThanTheMachine_ReservesTheMachine()
    {
        var queue = new CapacityQueue(new(2, 8 * GiB, 0));

        using var ticket = queue.Enqueue("a", InstanceCatalogue.Get("ml.p3.16xlarge").Resources(2));

        Assert.True(ticket.IsGranted);
        Assert.Equal(queue.Total, ticket.Reserved);
    }

    [Fact]
    public void WaitingReason_OfAJobThatDoesNotFit_SaysWhatForAndHowManyAreBefore()
    {
        var queue = new CapacityQueue(new(2, 16 * GiB, 0));
        using var running = queue.Enqueue("a", new(1, GiB, 0));
        using var first = queue.Enqueue("b", new(2, GiB, 0));
        using var second = queue.Enqueue("c", new(1, GiB, 0));

        Assert.Equal("waiting for 2 vCPU", first.WaitingReason);
        Assert.Equal("waiting for 1 vCPU (1 job is before it)", second.WaitingReason);
        Assert.False(second.IsGranted);
    }

    [Fact]
    public async Task Dispose_OfARunningJob_LetsTheNextIn()
    {
        var queue = new CapacityQueue(new(2, 8 * GiB, 0));
        var running = queue.Enqueue("a", new(2, GiB, 0));
        using var waiting = queue.Enqueue("b", new(2, GiB, 0));
        Assert.False(waiting.IsGranted);

        running.Dispose();
        running.Dispose();

        await waiting.GrantedAsync(TestContext.Current.CancellationToken);
        Assert.Equal(new ComputeResources(2, GiB, 0), queue.Used);
    }

    [Fact]
    public async Task Dispose_OfAWaitingJob_LeavesTheQueue()
    {
        var queue = new CapacityQueue(new(2, 8 * GiB, 0));
        using var running = queue.Enqueue("a", new(1, GiB, 0));
        var large = queue.Enqueue("b", new(2, GiB, 0));
        using var small = queue.Enqueue("c", new(1, GiB, 0));

        large.Dispose();

        Assert.True(small.IsGranted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large.GrantedAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Adopt_OnAFullMachine_CountsTheJobAndLetsNobodyElseIn()
    {
        var queue = new CapacityQueue(new(2, 8 * GiB, 0));
        var first = queue.Adopt("a", new(2, GiB, 0));
        using var second = queue.Adopt("b", new(2, GiB, 0));
        using var waiting = queue.Enqueue("c", new(2, GiB, 0));

        Assert.Equal(4, queue.Used.VCpus);
        first.Dispose();
        Assert.False(waiting.IsGranted);
        second.Dispose();
        Assert.True(waiting.IsGranted);
    }

    [Fact]
    public async Task Enqueue_FiftyJobsAtOnce_AllRunAndNeverTooManyTogether()
    {
        var queue = new CapacityQueue(new(4, 64 * GiB, 0));
        var used = 0;
        var most = 0;

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async job =>
        {
            await Task.Yield();
            var cpus = 1 + (job % 4);
            using var ticket = queue.Enqueue($"job-{job}", new(cpus, GiB, 0));
            await ticket.GrantedAsync(TestContext.Current.CancellationToken);
            var now = Interlocked.Add(ref used, cpus);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Add(ref used, -cpus);
        }));

        Assert.InRange(most, 1, 4);
        Assert.Equal(default, queue.Used);
        Assert.Equal(0, queue.WaitingCount);
    }

    [Fact]
    public void Enqueue_AnySequence_GrantsInOrderAndNeverOversubscribes()
    {
        var step = Gen.Zip(Gen.Choose(0, 3), Gen.Choose(1, 6)).ListOf();
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(step.ToArbitrary(), steps =>
        {
            var queue = new CapacityQueue(new(4, 100, 0));
            List<CapacityTicket> tickets = [];
            foreach (var (action, size) in steps)
            {
                if (action == 0 && tickets.Count > 0)
                {
                    var leaving = tickets[size % tickets.Count];
                    leaving.Dispose();
                    tickets.Remove(leaving);
                }
                else
                {
                    tickets.Add(queue.Enqueue("job", new(size, size, 0)));
                }

                var granted = tickets.Where(ticket => ticket.IsGranted).ToList();
                var held = granted.Sum(ticket => ticket.Reserved.VCpus);
                if (held > 4 || held != queue.Used.VCpus || !granted.SequenceEqual(tickets.Take(granted.Count)))
                {
                    return false;
                }

                // The first that waits must really not fit.
                if (tickets.Count > granted.Count && tickets[granted.Count].Reserved.FitsInto(queue.Total - queue.Used))
                {
                    return false;
                }
            }

            return true;
        }));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; value > seen; seen = target)
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
