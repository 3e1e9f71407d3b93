namespace Sagebrush.Compute.Capacity;

/// <summary>Shares a machine among jobs: first come, first served, on-demand jobs before spot jobs, and never more than there is.</summary>
/// <remarks>
/// A job that wants more than the whole machine gets the whole machine. The queue is strict: a small job does not
/// overtake a large one, so that none starves. When the first in the queue does not fit, those that hold their places less firmly are
/// asked to give them up: idle ones first, then the spot jobs that came last, and no more of them than it takes. Thread-safe.
/// </remarks>
public sealed class CapacityQueue(ComputeResources total)
{
    private readonly Lock _gate = new();
    private readonly List<CapacityTicket> _granted = [];
    private readonly LinkedList<CapacityTicket> _waiting = [];
    private ComputeResources _used;

    /// <summary>All there is.</summary>
    public ComputeResources Total { get; } = total;

    /// <summary>What jobs hold now.</summary>
    public ComputeResources Used
    {
        get
        {
            lock (_gate)
            {
                return _used;
            }
        }
    }

    /// <summary>Number of jobs that wait.</summary>
    public int WaitingCount
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Puts a job at the end of the queue; it may be granted at once.</summary>
    /// <param name="jobId">Whom the resources are for; told in tickets alone.</param>
    /// <param name="wanted">What the job asks for.</param>
    /// <param name="priority">How firmly it holds its place then.</param>
    public CapacityTicket Enqueue(string jobId, ComputeResources wanted, CapacityPriority priority = CapacityPriority.OnDemand)
    {
        var ticket = new CapacityTicket(this, jobId, ComputeResources.Min(wanted, Total), priority);
        lock (_gate)
        {
            var last = _waiting.Last;
            while (last is not null && last.Value.Priority < priority)
            {
                last = last.Previous;
            }

            _ = last is null ? _waiting.AddFirst(ticket) : _waiting.AddAfter(last, ticket);
            GrantWaiting();
        }

        return ticket;
    }

    /// <summary>Takes resources for a job that is already running, as after a restart of the program.</summary>
    /// <remarks>Granted even when the machine is full: the job runs whether or not it is counted.</remarks>
    public CapacityTicket Adopt(string jobId, ComputeResources wanted, CapacityPriority priority = CapacityPriority.OnDemand)
    {
        var ticket = new CapacityTicket(this, jobId, ComputeResources.Min(wanted, Total), priority);
        lock (_gate)
        {
            Hold(ticket);
        }

        return ticket;
    }

    /// <summary>Turns a place that is held into another, without letting go of it, as when a job ends and leaves a warm pool.</summary>
    /// <returns>The new place; the old ticket holds nothing any more.</returns>
    public CapacityTicket Exchange(CapacityTicket held, string jobId, CapacityPriority priority)
    {
        ArgumentNullException.ThrowIfNull(held);
        var ticket = new CapacityTicket(this, jobId, held.Reserved, priority);
        lock (_gate)
        {
            if (_granted.Remove(held))
            {
                _used -= held.Reserved;
                Hold(ticket);
            }
            else
            {
                ticket.Grant.TrySetCanceled(CancellationToken.None);
            }

            GrantWaiting();
        }

        return ticket;
    }

    internal string? WaitingReason(CapacityTicket ticket)
    {
        lock (_gate)
        {
            if (!_waiting.Contains(ticket))
            {
                return null;
            }

            // What lacks once everybody ahead has been served: the sum of their wishes counts as taken.
            var ahead = _used;
            var position = 0;
            foreach (var other in _waiting.TakeWhile(other => other != ticket))
            {
                ahead += other.Reserved;
                position++;
            }

            var lacking = ComputeResources.Max(ahead + ticket.Reserved - Total, default);
            var wanted = new ComputeResources(
                lacking.VCpus > 0 ? ticket.Reserved.VCpus : 0,
                lacking.MemoryBytes > 0 ? ticket.Reserved.MemoryBytes : 0,
                lacking.Gpus > 0 ? ticket.Reserved.Gpus : 0);
            var reason = wanted == default ? "waiting for the jobs before it" : $"waiting for {wanted}";
            return position switch
            {
                0 => reason,
                1 => $"{reason} (1 job is before it)",
                _ => $"{reason} ({position} jobs are before it)",
            };
        }
    }

    internal void Return(CapacityTicket ticket)
    {
        lock (_gate)
        {
            if (_granted.Remove(ticket))
            {
                _used -= ticket.Reserved;
            }
            else if (_waiting.Remove(ticket))
            {
                ticket.Grant.TrySetCanceled(CancellationToken.None);
            }

            GrantWaiting();
        }
    }

    private void GrantWaiting()
    {
        while (_waiting.First is { Value: var next } && next.Reserved.FitsInto(Total - _used))
        {
            _waiting.RemoveFirst();
            Hold(next);
        }

        if (_waiting.First is { Value: var first })
        {
            ReclaimFor(first);
        }
    }

    private void ReclaimFor(CapacityTicket first)
    {
        var free = Total - _used;
        List<CapacityTicket> asked = [];
        foreach (var held in _granted.Where(held => held.Priority < first.Priority && held.Reclaimed.IsCompleted))
        {
            free += held.Reserved;
        }

        // Those that came last have the least to lose.
        foreach (var held in _granted.Where(held => held.Priority < first.Priority && !held.Reclaimed.IsCompleted).Reverse().OrderBy(held => held.Priority))
        {
            if (first.Reserved.FitsInto(free))
            {
                break;
            }

            free += held.Reserved;
            asked.Add(held);
        }

        if (first.Reserved.FitsInto(free))
        {
            asked.ForEach(held => held.Reclaim.TrySetResult());
        }
    }

    private void Hold(CapacityTicket ticket)
    {
        _granted.Add(ticket);
        _used += ticket.Reserved;
        ticket.Grant.TrySetResult();
    }
}
