using System.Collections.Concurrent;
using Sagebrush.Compute.Capacity;
using Sagebrush.Compute.Execution;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Clarify;
using Sagebrush.Services.Training;
using Sagebrush.State.Objects;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Processing;

/// <summary>
/// Takes processing jobs from where their documents say they are to their end. Each phase can be repeated and is stored before it begins:
/// killed anywhere, a job goes on from there with the next start of the program.
/// </summary>
internal sealed class ProcessingReconciler(TrainingParts parts) : IReconciler, IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly ResourceSet<ProcessingJobDocument> _jobs = parts.Store.For(ProcessingJobs.Kind);
    private readonly ShadowEndpoints _shadows = new(parts.Store);
    private readonly ConcurrentDictionary<ResourceKey, CapacityTicket> _tickets = [];
    private readonly ConcurrentDictionary<ResourceKey, Watch> _watches = [];
    private readonly CancellationTokenSource _stopping = new();

    /// <inheritdoc/>
    public string Kind => ProcessingJobs.Kind.Name;

    private DateTimeOffset Now => parts.Clock.GetUtcNow();

    /// <inheritdoc/>
    public bool IsSettled(string status) => status is ProcessingJobStatus.Completed or ProcessingJobStatus.Failed or ProcessingJobStatus.Stopped;

    /// <inheritdoc/>
    public async ValueTask<ReconcileOutcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (await _jobs.FindAsync(key, cancellationToken) is not { Document: { HasEnded: false } document })
        {
            return ReconcileOutcome.Done;
        }

        var host = new ProcessingHost(key, document, parts);
        try
        {
            switch (document.Phase)
            {
                case ProcessingPhase.Waiting:
                    return await WaitAsync(key, document, host, cancellationToken);
                case ProcessingPhase.Downloading when document.StopRequested:
                    await EndAsync(key, host, ProcessingJobStatus.Stopped, null, cancellationToken);
                    return ReconcileOutcome.Done;
                case ProcessingPhase.Downloading:
                    Adopt(key, host);
                    var image = await host.BringImageAsync(cancellationToken);
                    await host.DownloadAsync(cancellationToken);
                    await UpdateAsync(
                        key,
                        job =>
                        {
                            job.ContainerImage = image;
                            job.Phase = ProcessingPhase.Running;
                        },
                        cancellationToken);
                    return ReconcileOutcome.Requeue(TimeSpan.Zero);
                case ProcessingPhase.Running:
                    return await RunAsync(key, document, host, cancellationToken);
                default:
                    await FinishAsync(key, document, host, cancellationToken);
                    return ReconcileOutcome.Done;
            }
        }
        catch (TrainingFailureException failure)
        {
            await EndAsync(key, host, ProcessingJobStatus.Failed, failure.Message, cancellationToken);
            return ReconcileOutcome.Done;
        }
    }

    /// <summary>Leaves the jobs to themselves: their processes go on, and the next start takes them up.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_watches.Values.Select(watch => watch.Work)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async ValueTask<ReconcileOutcome> WaitAsync(ResourceKey key, ProcessingJobDocument document, ProcessingHost host, CancellationToken cancellationToken)
    {
        if (document.StopRequested)
        {
            await EndAsync(key, host, ProcessingJobStatus.Stopped, null, cancellationToken);
            return ReconcileOutcome.Done;
        }

        if (!_tickets.GetOrAdd(key, static (key, wish) => wish.Capacity.Enqueue(key.Name, wish.Wanted), (parts.Capacity, host.Wanted)).IsGranted)
        {
            return ReconcileOutcome.Requeue(Glance);
        }

        await UpdateAsync(
            key,
            job =>
            {
                job.Phase = ProcessingPhase.Downloading;
                job.Job.ProcessingStartTime = Now;
            },
            cancellationToken);
        return ReconcileOutcome.Requeue(TimeSpan.Zero);
    }

    private CapacityTicket Adopt(ResourceKey key, ProcessingHost host) =>
        _tickets.GetOrAdd(key, static (key, wish) => wish.Capacity.Adopt(key.Name, wish.Wanted), (parts.Capacity, host.Wanted));

    private async ValueTask<ReconcileOutcome> RunAsync(ResourceKey key, ProcessingJobDocument document, ProcessingHost host, CancellationToken cancellationToken)
    {
        if (!_watches.TryGetValue(key, out var watch))
        {
            var run = await host.StartAsync(Adopt(key, host).Reserved, cancellationToken);
            watch = new Watch(run, WatchAsync(host, run));
            _watches[key] = watch;
        }

        if (!watch.Run.Completion.IsCompleted)
        {
            var isLate = Now - document.Job.ProcessingStartTime!.Value >= TimeSpan.FromSeconds(document.Job.StoppingCondition!.MaxRuntimeInSeconds);
            if (!document.StopRequested && !isLate)
            {
                return ReconcileOutcome.Requeue(Glance);
            }

            if (!document.StopRequested)
            {
                await UpdateAsync(key, job => job.TimedOut = true, cancellationToken);
            }

            await watch.Run.StopAsync(parts.Options.StopGrace, cancellationToken);
        }

        await watch.Work.WaitAsync(cancellationToken);
        _watches.TryRemove(key, out _);
        await UpdateAsync(key, job => job.Phase = ProcessingPhase.Uploading, cancellationToken);
        return ReconcileOutcome.Requeue(TimeSpan.Zero);
    }

    // Keeps what the program prints, and brings its continuous outputs, until it has ended.
    private async Task WatchAsync(ProcessingHost host, IJobRun run)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        using var meters = parts.Metrics.Meter([host.Utilization(run)]);
        var uploads = Task.WhenAll(host.Uploads().ToList().Select(upload => upload.RunAsync(ended.Token)));
        try
        {
            await host.Recorder().RecordAsync(run, _stopping.Token);
        }
        finally
        {
            await ended.CancelAsync();
            await uploads;
        }
    }

    private async Task FinishAsync(ResourceKey key, ProcessingJobDocument document, ProcessingHost host, CancellationToken cancellationToken)
    {
        var exit = await parts.Executor.FindAsync(host.Folder, cancellationToken) is { } run
            ? await run.Completion.WaitAsync(cancellationToken)
            : new JobExit(null, OutOfMemory: false, Now, Now);
        try
        {
            await host.UploadAsync(cancellationToken);
        }
        catch (ObjectStoreException exception)
        {
            throw TrainingFailureException.Client($"Data upload failed: {exception.Message}");
        }

        var message = host.ReadMessage();
        await UpdateAsync(key, job => job.Job.ExitMessage = message, cancellationToken);
        if (document.StopRequested)
        {
            await EndAsync(key, host, ProcessingJobStatus.Stopped, null, cancellationToken);
        }
        else if (document.TimedOut)
        {
            await EndAsync(
                key, host, ProcessingJobStatus.Failed, "ClientError: The job exceeded the runtime allowed by MaxRuntimeInSeconds.", cancellationToken);
        }
        else if (exit.ExitCode == 0)
        {
            await EndAsync(key, host, ProcessingJobStatus.Completed, null, cancellationToken);
        }
        else
        {
            var recorder = host.Recorder();
            recorder.Load();
            await EndAsync(key, host, ProcessingJobStatus.Failed, FailureReason.Of(exit, message ?? host.Folder.ReadFailure(FailureReason.MaxLength), null, recorder.Progress.Tail), cancellationToken);
        }
    }

    private async Task EndAsync(ResourceKey key, ProcessingHost host, string status, string? failureReason, CancellationToken cancellationToken)
    {
        if (host.IsClarify)
        {
            await _shadows.RemoveAsync(key, host.Folder.Contract.Root, cancellationToken);
        }

        await UpdateAsync(key, job => job.End(status, failureReason is null ? null : FailureReason.Cut(failureReason), Now), cancellationToken);
        if (_tickets.TryRemove(key, out var ticket))
        {
            ticket.Dispose();
        }

        host.Folder.Delete();
    }

    private async Task UpdateAsync(ResourceKey key, Action<ProcessingJobDocument> change, CancellationToken cancellationToken) =>
        await _jobs.UpdateAsync(
            key,
            document =>
            {
                change(document);
                return document;
            },
            cancellationToken);

    private sealed record Watch(IJobRun Run, Task Work);
}
