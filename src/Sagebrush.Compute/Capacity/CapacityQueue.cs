namespace Sagebrush.Compute.Capacity;

/// <summary>Shares a machine among jobs: first come, first served, and never more than there is.</summary>
/// <remarks>
/// A job that wants more than the whole machine gets the whole machine. The queue is strict: a small job does not
/// overtake a large one, so that none starves. Thread-safe.
/// </remarks>
public sealed class CapacityQueue(ComputeResources total)
{
    private readonly Lock _gate = new();
    private readonly HashSet<CapacityTicket> _granted = [];
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
    public CapacityTicket Enqueue(string jobId, ComputeResources wanted)
    {
        var ticket = new CapacityTicket(this, jobId, ComputeResources.Min(wanted, Total));
        lock (_gate)
        {
            _waiting.AddLast(ticket);
            GrantWaiting();
        }

        return ticket;
    }

    /// <summary>Takes resources for a job that is already running, as after a restart of the program.</summary>
    /// <remarks>Granted even when the machine is full: the job runs whether or not it is counted.</remarks>
    public CapacityTicket Adopt(string jobId, ComputeResources wanted)
    {
        var ticket = new CapacityTicket(this, jobId, ComputeResources.Min(wanted, Total));
        lock (_gate)
        {
            Hold(ticket);
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
    }

    private void Hold(CapacityTicket ticket)
    {
        _granted.Add(ticket);
        _used += ticket.Reserved;
        ticket.Grant.TrySetResult();
    }
}
