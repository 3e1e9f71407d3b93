using Microsoft.Extensions.Logging;
using Sagebrush.State.Resources;

namespace Sagebrush.State.Reconciling;

/// <summary>
/// The keys of one kind that wait for a step or take one. Workers exist only while there is something to do; a key is
/// remembered only while it waits, runs or is to come again.
/// </summary>
internal sealed class ReconcileQueue : IAsyncDisposable
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly IReconciler _reconciler;
    private readonly ReconcilerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<ResourceKey, Entry> _entries = [];
    private readonly Queue<Entry> _ready = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _workers;

    public ReconcileQueue(IReconciler reconciler, ReconcilerOptions options, TimeProvider time, ILogger logger)
    {
        _reconciler = reconciler;
        _options = options;
        _time = time;
        _logger = logger;
    }

    private enum State
    {
        New,
        Ready,
        Running,
        Waiting,
        Forgotten,
    }

    public IReconciler Reconciler => _reconciler;

    /// <summary>A key changed: it takes a step as soon as it may.</summary>
    public void Wake(ResourceKey key)
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            var entry = Remember(key);
            switch (entry.State)
            {
                case State.Running:
                    entry.Again = true;
                    break;
                case State.Waiting when entry.NotBefore - _time.GetUtcNow() is var left && left > TimeSpan.Zero:
                    // After a failure a change shortens the wait, but a step that fails and changes something every
                    // time must not spin.
                    Wait(entry, left);
                    break;
                case State.New or State.Waiting:
                    MakeReady(entry);
                    break;
            }
        }
    }

    /// <summary>A key exists: it takes a step unless one is to come already.</summary>
    public void Remind(ResourceKey key)
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            var entry = Remember(key);
            if (entry.State == State.New)
            {
                MakeReady(entry);
            }
            else if (entry.State == State.Running)
            {
                // The step may have read before whatever the reminder is about happened.
                entry.Again = true;
            }
        }
    }

    /// <summary>Cancels the steps that run and waits for them.</summary>
    public async ValueTask DisposeAsync()
    {
        // Cancelled outside the lock: whoever listens to the token runs here.
        await _stopping.CancelAsync();
        lock (_gate)
        {
            foreach (var entry in _entries.Values)
            {
                entry.Timer?.Dispose();
            }

            _ready.Clear();
            if (_workers == 0)
            {
                _drained.TrySetResult();
            }
        }

        await _drained.Task;
        _stopping.Dispose();
    }

    private Entry Remember(ResourceKey key)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            _entries.Add(key, entry = new Entry(key));
        }

        return entry;
    }

    private void MakeReady(Entry entry)
    {
        entry.Timer?.Dispose();
        entry.Timer = null;
        entry.State = State.Ready;
        _ready.Enqueue(entry);
        if (_workers < _options.MaxParallelism)
        {
            _workers++;
            _ = Task.Run(WorkAsync);
        }
    }

    private void Wait(Entry entry, TimeSpan delay)
    {
        entry.Timer?.Dispose();
        entry.State = State.Waiting;
        entry.Timer = _time.CreateTimer(
            OnTimer, entry, delay < LongestTimer ? delay : LongestTimer, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer(object? state)
    {
        var entry = (Entry)state!;
        lock (_gate)
        {
            if (entry.State == State.Waiting && !_stopping.IsCancellationRequested)
            {
                MakeReady(entry);
            }
        }
    }

    private async Task WorkAsync()
    {
        while (TakeNext() is { } entry)
        {
            await StepAsync(entry);
        }
    }

    private Entry? TakeNext()
    {
        lock (_gate)
        {
            if (!_stopping.IsCancellationRequested && _ready.TryDequeue(out var entry))
            {
                entry.State = State.Running;
                entry.Again = false;
                return entry;
            }

            if (--_workers == 0 && _stopping.IsCancellationRequested)
            {
                _drained.TrySetResult();
            }

            return null;
        }
    }

    private async Task StepAsync(Entry entry)
    {
        try
        {
            Succeeded(entry, await _reconciler.ReconcileAsync(entry.Key, _stopping.Token));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The next start begins where the store says.
        }
#pragma warning disable CA1031 // A step that fails, however, is tried again and must not take its worker with it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed(entry, exception);
        }
    }

    private void Succeeded(Entry entry, ReconcileOutcome outcome)
    {
        lock (_gate)
        {
            entry.Failures = 0;
            entry.NotBefore = default;
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            if (entry.Again)
            {
                MakeReady(entry);
            }
            else if (outcome.RequeueAfter is { } after)
            {
                Wait(entry, after);
            }
            else
            {
                entry.State = State.Forgotten;
                _entries.Remove(entry.Key);
            }
        }
    }

    private void Failed(Entry entry, Exception exception)
    {
        TimeSpan delay;
        lock (_gate)
        {
            var doublings = Math.Min(entry.Failures++, 30);
            delay = TimeSpan.FromTicks(Math.Min(_options.LongestRetry.Ticks, _options.FirstRetry.Ticks << doublings));
            entry.NotBefore = _time.GetUtcNow() + _options.FirstRetry;
            if (!_stopping.IsCancellationRequested)
            {
                Wait(entry, delay);
            }
        }

        _logger.StepFailed(exception, entry.Key, entry.Failures, delay);
    }

    private sealed class Entry(ResourceKey key)
    {
        public ResourceKey Key { get; } = key;

        public State State { get; set; }

        public bool Again { get; set; }

        public int Failures { get; set; }

        public DateTimeOffset NotBefore { get; set; }

        public ITimer? Timer { get; set; }
    }
}
