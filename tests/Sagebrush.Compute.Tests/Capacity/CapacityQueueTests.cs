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
    public void Enqueue_AnOnDemandJobOnAFullMachine_AsksTheNewestSpotJobsItTakes()
    {
        var queue = new CapacityQueue(new(4, 16 * GiB, 0));
        using var first = queue.Enqueue("spot-1", new(1, GiB, 0), CapacityPriority.Spot);
        using var second = queue.Enqueue("spot-2", new(1, GiB, 0), CapacityPriority.Spot);
        var third = queue.Enqueue("spot-3", new(1, GiB, 0), CapacityPriority.Spot);
        using var firm = queue.Enqueue("firm", new(1, GiB, 0));

        using var waiting = queue.Enqueue("more", new(1, GiB, 0));

        Assert.Equal([false, false, true], new[] { first, second, third }.Select(ticket => ticket.Reclaimed.IsCompleted));
        Assert.False(waiting.IsGranted || firm.Reclaimed.IsCompleted);
        third.Dispose();
        Assert.True(waiting.IsGranted);
        Assert.False(second.Reclaimed.IsCompleted);
    }

    [Fact]
    public void Enqueue_ASpotJob_WaitsBehindOnDemandJobsAndTakesNobodysPlace()
    {
        var queue = new CapacityQueue(new(2, 16 * GiB, 0));
        using var running = queue.Enqueue("spot-1", new(1, GiB, 0), CapacityPriority.Spot);
        using var firm = queue.Enqueue("firm-1", new(1, GiB, 0));
        using var spot = queue.Enqueue("spot-2", new(1, GiB, 0), CapacityPriority.Spot);
        Assert.False(running.Reclaimed.IsCompleted);

        using var later = queue.Enqueue("firm-2", new(2, GiB, 0));

        // Even with the spot job's place the large one would not fit: nobody is disturbed for nothing.
        Assert.False(running.Reclaimed.IsCompleted);
        Assert.Equal("waiting for 1 vCPU (1 job is before it)", spot.WaitingReason);
        firm.Dispose();
        Assert.True(running.Reclaimed.IsCompleted);
    }

    [Fact]
    public void Exchange_ForAnIdlePlace_GivesWayToAnybody()
    {
        var queue = new CapacityQueue(new(2, 16 * GiB, 0));
        var job = queue.Enqueue("job", new(2, GiB, 0));
        using var idle = queue.Exchange(job, "pool", CapacityPriority.Idle);
        job.Dispose();
        Assert.Equal(2, queue.Used.VCpus);

        using var spot = queue.Enqueue("spot", new(1, GiB, 0), CapacityPriority.Spot);

        Assert.True(idle.Reclaimed.IsCompleted);
        idle.Dispose();
        Assert.True(spot.IsGranted);
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
