namespace Sagebrush.Compute.Capacity;

/// <summary>A job's place in the <see cref="CapacityQueue"/>: first waiting, then holding its resources until disposed.</summary>
/// <remarks>Thread-safe. Disposing it leaves the queue or gives the resources back; doing so twice is harmless.</remarks>
public sealed class CapacityTicket : IDisposable
{
    private readonly CapacityQueue _queue;

    internal CapacityTicket(CapacityQueue queue, string jobId, ComputeResources reserved, CapacityPriority priority)
    {
        Priority = priority;
        _queue = queue;
        JobId = jobId;
        Reserved = reserved;
    }

    /// <summary>The job this place belongs to.</summary>
    public string JobId { get; }

    /// <summary>What the job holds, or will hold: its wish cut down to what the machine has in all.</summary>
    public ComputeResources Reserved { get; }

    /// <summary>How firmly it holds its place.</summary>
    public CapacityPriority Priority { get; }

    /// <summary>
    /// Completes when another job needs this one's place: it should be given up soon, by disposing the ticket. Never completes for on-demand jobs.
    /// </summary>
    public Task Reclaimed => Reclaim.Task;

    /// <summary>Whether the job holds its resources.</summary>
    public bool IsGranted => Grant.Task.IsCompletedSuccessfully;

    /// <summary>Why the job still waits, such as <c>waiting for 2 vCPU</c>; null once it holds its resources.</summary>
    public string? WaitingReason => _queue.WaitingReason(this);

    internal TaskCompletionSource Reclaim { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TaskCompletionSource Grant { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the job holds its resources; cancelled if the ticket is disposed before that.</summary>
    public Task GrantedAsync(CancellationToken cancellationToken) => Grant.Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _queue.Return(this);
}
