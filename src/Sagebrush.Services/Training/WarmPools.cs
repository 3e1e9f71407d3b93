using Microsoft.Extensions.Logging;
using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Training;

/// <summary>The warm pools there are. They do not outlive the program: a restart ends them, as AWS may end them at any time.</summary>
/// <remarks>
/// A pool on a machine of one's own must not keep others waiting: whoever needs its place gets it at once. Thread-safe.
/// </remarks>
internal sealed partial class WarmPools(string directory, IResourceStore store, CapacityQueue capacity, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Attention = TimeSpan.FromSeconds(1);

    private readonly ResourceSet<TrainingJobDocument> _jobs = store.For(TrainingJobs.Kind);
    private readonly Dictionary<WarmPool, Task> _pools = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();

    /// <summary>Ends the pools that an earlier run of the program left.</summary>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        foreach (var folder in Directory.GetDirectories(directory))
        {
            if (File.Exists(NoteIn(folder)) && (await File.ReadAllTextAsync(NoteIn(folder), cancellationToken)).Split('\n') is [var account, var region, var name])
            {
                await TellAsync(_jobs.Key(account, region, name), new WarmPoolStatus { Status = WarmPoolResourceStatus.Terminated });
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Keeps what a job leaves, when it asks for it.</summary>
    /// <param name="key">The job, which has ended well.</param>
    /// <param name="document">Its document.</param>
    /// <param name="place">Its place, which becomes the pool's.</param>
    /// <param name="caches">The caches of its hosts, by the hosts' names.</param>
    public async Task<bool> KeepAsync(ResourceKey key, TrainingJobDocument document, CapacityTicket place, IReadOnlyList<(string Host, string Cache)> caches)
    {
        if (document.Job.ResourceConfig?.KeepAlivePeriodInSeconds is not > 0)
        {
            return false;
        }

        var folder = Directory.CreateDirectory(Path.Join(directory, document.Id)).FullName;
        await File.WriteAllTextAsync(NoteIn(folder), $"{key.Account}\n{key.Region}\n{key.Name}", CancellationToken.None);
        foreach (var (host, cache) in caches)
        {
            if (Directory.Exists(cache) && !Directory.Exists(Path.Join(folder, host)))
            {
                Directory.Move(cache, Path.Join(folder, host));
            }
        }

        var pool = new WarmPool(key, folder, capacity.Exchange(place, key.Name, CapacityPriority.Idle), clock.GetUtcNow()) { Likeness = WarmPool.LikenessOf(key, document.Job) };
        await TellAsync(key, new WarmPoolStatus { Status = WarmPoolResourceStatus.Available });
        lock (_gate)
        {
            _pools.Add(pool, Task.Run(() => WatchAsync(pool)));
        }

        return true;
    }

    /// <summary>Takes over the instances of a job like this one; null when there are none.</summary>
    public WarmPool? TryTake(ResourceKey key, DescribeTrainingJobResponse job)
    {
        var likeness = WarmPool.LikenessOf(key, job);
        lock (_gate)
        {
            return _pools.Keys.FirstOrDefault(pool => pool.Likeness == likeness && pool.Place.IsGranted && !pool.Place.Reclaimed.IsCompleted && pool.Taken.TrySetResult(key));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task[] watching;
        lock (_gate)
        {
            watching = [.. _pools.Values];
        }

        await Task.WhenAll(watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    // Until somebody takes it, somebody needs its place, or its time is over; that may be changed meanwhile.
    private async Task WatchAsync(WarmPool pool)
    {
        try
        {
            while (!pool.Taken.Task.IsCompleted && !pool.Place.Reclaimed.IsCompleted && await TimeLeftAsync(pool) is { } left && left > TimeSpan.Zero)
            {
                Task any = Task.WhenAny(pool.Taken.Task, pool.Place.Reclaimed);
                await any.WaitAsync(left < Attention ? left : Attention, clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _stopping.Token.ThrowIfCancellationRequested();
            }

            var retained = Math.Max(0, (int)Math.Round((clock.GetUtcNow() - pool.Ended).TotalSeconds));
            if (!pool.Taken.TrySetResult(null) && await pool.Taken.Task is { } next)
            {
                await TellAsync(pool.Job, new WarmPoolStatus { Status = WarmPoolResourceStatus.Reused, ReusedByJob = next.Name, ResourceRetainedBillableTimeInSeconds = retained });
                return;
            }

            pool.Place.Dispose();
            Directory.Delete(pool.Folder, recursive: true);
            await TellAsync(pool.Job, new WarmPoolStatus { Status = WarmPoolResourceStatus.Terminated, ResourceRetainedBillableTimeInSeconds = retained });
        }
        catch (OperationCanceledException)
        {
            // The program stops; its next start ends the pool.
        }
#pragma warning disable CA1031 // A pool that cannot be told of is still given up.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFault(exception, pool.Job);
            pool.Place.Dispose();
        }
        finally
        {
            lock (_gate)
            {
                _pools.Remove(pool);
            }
        }
    }

    private async Task<TimeSpan?> TimeLeftAsync(WarmPool pool) =>
        await _jobs.FindAsync(pool.Job, _stopping.Token) is { Document.Job.ResourceConfig.KeepAlivePeriodInSeconds: { } seconds }
            ? pool.Ended + TimeSpan.FromSeconds(seconds) - clock.GetUtcNow()
            : null;

    private async Task TellAsync(ResourceKey key, WarmPoolStatus status) => await _jobs.UpdateAsync(
        key,
        document =>
        {
            document.Job.WarmPoolStatus = status;
            return document;
        },
        CancellationToken.None);

    private static string NoteIn(string folder) => Path.Join(folder, "job");

    [LoggerMessage(EventId = 2104, Level = LogLevel.Error, Message = "The warm pool of {Job} met a fault of ours and is given up")]
    private partial void LogFault(Exception exception, ResourceKey job);
}
