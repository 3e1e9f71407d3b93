using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sagebrush.Compute.Capacity;
using Sagebrush.Compute.Jobs;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Training;

/// <summary>Gives every job that has not ended a worker, and tells it when the job's document changes.</summary>
/// <remarks>
/// A job runs for hours, a step of a reconciler should not. So a step only sees to it that the worker is there; workers wait for
/// processes, capacity and stop requests, not for steps.
/// </remarks>
internal sealed partial class TrainingReconciler(TrainingParts parts) : IReconciler, IAsyncDisposable
{
    private const int MaxTries = 5;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RoomAgain = TimeSpan.FromSeconds(1);

    private readonly ResourceSet<TrainingJobDocument> _jobs = parts.Store.For(TrainingJobs.Kind);
    private readonly ILogger _logger = parts.Logger;
    private readonly Dictionary<ResourceKey, (TrainingJobWorker Worker, Task Work)> _workers = [];
    private readonly ConcurrentDictionary<ResourceKey, CapacityTicket> _tickets = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly WarmPools _warmPools = new(
        Path.Join(parts.Options.JobsDirectory + "-warm"), parts.Store, parts.Capacity, parts.Clock, parts.Logger);
    private readonly SemaphoreSlim _takingUp = new(1);
    private readonly Lock _gate = new();
    private bool _tookUp;

    /// <inheritdoc/>
    public string Kind => TrainingJobs.Kind.Name;

    /// <inheritdoc/>
    public bool IsSettled(string status) => status is TrainingJobStatus.Completed or TrainingJobStatus.Failed or TrainingJobStatus.Stopped;

    /// <inheritdoc/>
    public async ValueTask<ReconcileOutcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        await TakeUpAsync(cancellationToken);
        if (await _jobs.FindAsync(key, cancellationToken) is { Document: { HasEnded: false } document })
        {
            lock (_gate)
            {
                if (!_workers.TryGetValue(key, out var entry) && !_stopping.IsCancellationRequested)
                {
                    var worker = new TrainingJobWorker(key, document, parts, _tickets.TryRemove(key, out var ticket) ? ticket : null, _warmPools);
                    entry = (worker, Task.Run(() => WorkAsync(key, worker), CancellationToken.None));
                    _workers.Add(key, entry);
                }

                entry.Worker?.Notify(document);
            }
        }

        return ReconcileOutcome.Done;
    }

    /// <summary>Leaves the jobs to themselves: their processes go on, and the next start takes them up.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task[] work;
        lock (_gate)
        {
            work = [.. _workers.Values.Select(entry => entry.Work)];
        }

        await Task.WhenAll(work);
        await _warmPools.DisposeAsync();
        _takingUp.Dispose();
        _stopping.Dispose();
    }

    private async Task WorkAsync(ResourceKey key, TrainingJobWorker worker)
    {
        try
        {
            for (var tries = 1; ; tries++)
            {
                try
                {
                    await worker.RunAsync(_stopping.Token);
                    return;
                }
                catch (Exception exception) when (DiskSpace.IsFull(exception))
                {
                    // Not the job's fault, and nothing of it is lost: it goes on where it was once there is room to write that down.
                    LogDiskFull(exception, key);
                    tries = 0;
                    await Task.Delay(RoomAgain, parts.Clock, _stopping.Token);
                }
#pragma warning disable CA1031 // Whatever fails is tried again, and told as the job's end when trying does not help.
                catch (Exception exception) when (exception is not OperationCanceledException || !_stopping.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    LogFault(exception, key, tries);
                    if (tries == MaxTries)
                    {
                        await worker.GiveUpAsync(_stopping.Token);
                        return;
                    }

                    await Task.Delay(FirstRetry * Math.Pow(2, tries - 1), parts.Clock, _stopping.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The program stops; the job goes on.
        }
#pragma warning disable CA1031 // The last resort: the sweep finds the job again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogGivenUp(exception, key);
        }
        finally
        {
            lock (_gate)
            {
                _workers.Remove(key);
                worker.Dispose();
            }
        }
    }

    // After a restart, before any job moves: those that run take their resources back, those that wait queue in their old order,
    // and folders without a job are removed.
    private async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _tookUp))
        {
            return;
        }

        await _takingUp.WaitAsync(cancellationToken);
        try
        {
            if (_tookUp)
            {
                return;
            }

            Directory.CreateDirectory(parts.Options.JobsDirectory);
            var folders = Directory.GetDirectories(parts.Options.JobsDirectory).ToHashSet(StringComparer.Ordinal);
            List<Stored<TrainingJobDocument>> unsettled = [];
            await foreach (var heading in parts.Store.ScanAsync(Kind, cancellationToken))
            {
                if (!IsSettled(heading.Status) && await _jobs.FindAsync(heading.Key, cancellationToken) is { Document.HasEnded: false } stored)
                {
                    unsettled.Add(stored);
                }
            }

            foreach (var stored in unsettled.OrderBy(job => job.Document.Phase == TrainingPhase.Waiting).ThenBy(job => job.Created))
            {
                folders.Remove(Path.Join(parts.Options.JobsDirectory, stored.Document.Id));
                var wanted = TrainingJobWorker.Wanted(stored.Document);
                _tickets[stored.Key] = stored.Document.Phase == TrainingPhase.Waiting
                    ? parts.Capacity.Enqueue(stored.Key.Name, wanted, TrainingJobWorker.PriorityOf(stored.Document))
                    : parts.Capacity.Adopt(stored.Key.Name, wanted, TrainingJobWorker.PriorityOf(stored.Document));
            }

            foreach (var folder in folders)
            {
                new JobFolder(folder).Delete();
            }

            await _warmPools.ClearAsync(cancellationToken);
            Volatile.Write(ref _tookUp, true);
        }
        finally
        {
            _takingUp.Release();
        }
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Error, Message = "Training job {Key} met a fault of ours (try {Tries})")]
    private partial void LogFault(Exception exception, ResourceKey key, int tries);

    [LoggerMessage(EventId = 2106, Level = LogLevel.Warning, Message = "Training job {Key} waits: the server's disk is full")]
    private partial void LogDiskFull(Exception exception, ResourceKey key);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Error, Message = "Training job {Key} could not even be given up")]
    private partial void LogGivenUp(Exception exception, ResourceKey key);
}
