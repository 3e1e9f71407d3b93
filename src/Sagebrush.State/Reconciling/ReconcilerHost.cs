using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Sagebrush.State.Resources;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Reconciling;

/// <summary>
/// Runs reconcilers: wakes them for what the change feed reports, and sweeps over everything unsettled at the start,
/// now and then, and whenever the feed lost something.
/// </summary>
public sealed class ReconcilerHost : IAsyncDisposable
{
    private readonly IResourceStore _store;
    private readonly ReconcilerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FrozenDictionary<string, ReconcileQueue> _queues;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _sweeping = new(1);
    private ChangeSubscription? _subscription;
    private Task _work = Task.CompletedTask;
    private int _disposed;

    /// <summary>Makes a host that does nothing until <see cref="Start"/>.</summary>
    /// <exception cref="ArgumentException">Two reconcilers are for the same kind.</exception>
    public ReconcilerHost(
        IResourceStore store,
        IEnumerable<IReconciler> reconcilers,
        TimeProvider time,
        ILogger<ReconcilerHost> logger,
        ReconcilerOptions? options = null)
    {
        _store = store;
        _time = time;
        _logger = logger;
        _options = options ?? new ReconcilerOptions();
        _queues = reconcilers
            .Select(reconciler => new ReconcileQueue(reconciler, _options, time, logger))
            .ToFrozenDictionary(queue => queue.Reconciler.Kind, StringComparer.Ordinal);
    }

    /// <summary>Begins. Call it once.</summary>
    public void Start()
    {
        // First the subscription, then the sweep: a change between the two is seen twice rather than never.
        _subscription = _store.Subscribe(_queues.Keys.ToFrozenSet(StringComparer.Ordinal), _options.FeedCapacity);
        _work = Task.WhenAll(
            Task.Run(() => FollowAsync(_subscription, _stopping.Token)),
            Task.Run(() => SweepRegularlyAsync(_stopping.Token)));
    }

    /// <summary>
    /// Takes a step for a resource that did not change itself but something it depends on did: its process ended,
    /// capacity became free. Kinds without a reconciler are ignored.
    /// </summary>
    public void Wake(ResourceKey key)
    {
        if (_queues.TryGetValue(key.Kind, out var queue))
        {
            queue.Wake(key);
        }
    }

    /// <summary>Cancels what runs, waits for it, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        _subscription?.Dispose();
        await _work;
        await Task.WhenAll(_queues.Values.Select(queue => queue.DisposeAsync().AsTask()));
        _stopping.Dispose();
        _sweeping.Dispose();
    }

    private async Task FollowAsync(ChangeSubscription subscription, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in subscription.ReadAllAsync(cancellationToken))
            {
                if (change.Type == ResourceChangeType.Resync)
                {
                    _logger.Resyncing();

                    // Any of them may be what was lost: a key that waits for its time must not wait on.
                    await SweepAsync(static (queue, key) => queue.Wake(key), cancellationToken);
                }
                else
                {
                    Wake(change.Key);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task SweepRegularlyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(_options.SweepInterval, _time);
            do
            {
                await SweepAsync(static (queue, key) => queue.Remind(key), cancellationToken);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task SweepAsync(Action<ReconcileQueue, ResourceKey> tell, CancellationToken cancellationToken)
    {
        await _sweeping.WaitAsync(cancellationToken);
        try
        {
            foreach (var queue in _queues.Values)
            {
                await SweepAsync(queue, tell, cancellationToken);
            }
        }
        finally
        {
            _sweeping.Release();
        }
    }

    private async Task SweepAsync(ReconcileQueue queue, Action<ReconcileQueue, ResourceKey> tell, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var heading in _store.ScanAsync(queue.Reconciler.Kind, cancellationToken))
            {
                if (!queue.Reconciler.IsSettled(heading.Status))
                {
                    tell(queue, heading.Key);
                }
            }
        }
        catch (DatabaseException exception)
        {
            _logger.SweepFailed(exception, queue.Reconciler.Kind, _options.SweepInterval);
        }
    }
}
