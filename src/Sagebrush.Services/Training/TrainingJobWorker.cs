using Sagebrush.Compute.Capacity;
using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Training.Input;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Training;

/// <summary>
/// Takes one job from where its document says it is to its end. Each phase can be repeated, and is stored before it begins:
/// killed anywhere, the job goes on from there with the next start of the program.
/// </summary>
internal sealed partial class TrainingJobWorker : IDisposable
{
    private static readonly TimeSpan WaitingReport = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DownloadReport = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MetricsReport = TimeSpan.FromSeconds(1);

    // What the other hosts get when one has failed: time to say goodbye, not to go on.
    private static readonly TimeSpan FailureGrace = TimeSpan.FromSeconds(5);

    private readonly ResourceKey _key;
    private readonly TrainingParts _parts;
    private readonly ResourceSet<TrainingJobDocument> _jobs;
    private readonly JobArtifacts _artifacts;
    private readonly CancellationTokenSource _stop = new();
    private readonly WarmPools _warmPools;
    private CheckpointSync? _checkpoints;
    private WarmPool? _warm;
    private CapacityTicket? _ticket;
    private TrainingJobDocument _document;
    private long _metricsReported;

    public TrainingJobWorker(ResourceKey key, TrainingJobDocument document, TrainingParts parts, CapacityTicket? ticket, WarmPools warmPools)
    {
        _warmPools = warmPools;
        _key = key;
        _parts = parts;
        _document = document;
        _ticket = ticket;
        _jobs = parts.Store.For(TrainingJobs.Kind);
        _artifacts = new JobArtifacts(parts.Objects);
    }

    private DescribeTrainingJobResponse Job => _document.Job;

    private JobFolder Folder => new(TrainingHost.FolderOf(_parts, _document));

    private DateTimeOffset Now => _parts.Clock.GetUtcNow();

    /// <summary>What the job's instances offer.</summary>
    public static ComputeResources Wanted(TrainingJobDocument document) =>
        TrainingCluster.Of(document.Job.ResourceConfig!).Wanted;

    /// <summary>How firmly the job holds its place.</summary>
    public static CapacityPriority PriorityOf(TrainingJobDocument document) =>
        document.Job.EnableManagedSpotTraining == true ? CapacityPriority.Spot : CapacityPriority.OnDemand;

    /// <summary>Tells what the store says now: somebody may have asked to stop the job.</summary>
    public void Notify(TrainingJobDocument document)
    {
        if (document.StopRequested)
        {
            _stop.Cancel();
        }
    }

    /// <summary>Works until the job has ended, or the program stops.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (await _jobs.FindAsync(_key, cancellationToken) is not { } stored || stored.Document.HasEnded)
        {
            return;
        }

        _document = stored.Document;
        Notify(_document);
        try
        {
            do
            {
                await RunOnceAsync(cancellationToken);
            }
            while (!_document.HasEnded);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await EndAsync(null, cancellationToken);
        }
        catch (TrainingFailureException failure)
        {
            await EndAsync(failure.Message, cancellationToken);
        }
    }

    // From its place in the queue to its end, or to its next place.
    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        using (var interruptible = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token))
        {
            if (_document.Phase == TrainingPhase.Waiting && !await WaitForCapacityAsync(interruptible.Token))
            {
                await EndAsync(null, cancellationToken);
                return;
            }

            _ticket ??= _parts.Capacity.Adopt(_key.Name, Wanted(_document), PriorityOf(_document));
            if (_document.Phase == TrainingPhase.Downloading)
            {
                await DownloadAsync(interruptible.Token);
            }
        }

        if (_document.Phase == TrainingPhase.Training)
        {
            await TrainAsync(cancellationToken);
        }

        if (_document.Phase == TrainingPhase.Interrupting)
        {
            await LeavePlaceAsync(cancellationToken);
        }
        else
        {
            await FinishAsync(cancellationToken);
        }
    }

    /// <summary>Ends the job because of a fault that is not its own.</summary>
    public Task GiveUpAsync(CancellationToken cancellationToken) =>
        EndAsync("InternalServerError: We encountered an internal error. Please try again.", cancellationToken);

    /// <summary>Gives the job's place in the queue up.</summary>
    public void Dispose()
    {
        _ticket?.Dispose();
        _stop.Dispose();
    }

    /// <summary>Waits for the job's place; false when it took longer than the job may wait.</summary>
    private async Task<bool> WaitForCapacityAsync(CancellationToken cancellationToken)
    {
        TakeOverWarmPool();
        _ticket ??= _parts.Capacity.Enqueue(_key.Name, Wanted(_document), PriorityOf(_document));
        while (!_ticket.IsGranted)
        {
            if (WaitingTimeLeft <= TimeSpan.Zero)
            {
                await UpdateAsync(document => document.WaitedTooLong = true, cancellationToken);
                return false;
            }

            // A job that lost its place stays Interrupted until it has another.
            var status = Job.SecondaryStatus is SecondaryStatus.Interrupted or SecondaryStatus.Restarting ? Job.SecondaryStatus : SecondaryStatus.Starting;
            var message = _ticket.WaitingReason is { } reason ? $"Preparing the instances for training: {reason}" : "Preparing the instances for training";
            if (Job.SecondaryStatusTransitions![^1].StatusMessage != message)
            {
                await UpdateAsync(document => EnterUnlessStopping(document, status, message), cancellationToken);
            }

            var patience = WaitingTimeLeft is { } left && left < WaitingReport ? left : WaitingReport;
            await _ticket.GrantedAsync(cancellationToken).WaitAsync(patience, _parts.Clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        await UpdateAsync(
            document =>
            {
                document.Phase = TrainingPhase.Downloading;
                document.Job.TrainingStartTime ??= Now;
                document.PlaceSince = Now;
                document.LogStarted = Now.ToUnixTimeSeconds();
                if (document.Interruptions + document.Retries > 0)
                {
                    EnterUnlessStopping(document, SecondaryStatus.Starting, "Starting the training job again");
                }

                EnterUnlessStopping(document, SecondaryStatus.Downloading, "Downloading input data");
            },
            cancellationToken);
        return true;
    }

    private List<TrainingHost> Hosts() =>
        [.. TrainingCluster.Of(Job.ResourceConfig!).Hosts.Select(name => new TrainingHost(_key, _document, _parts, name, _ticket!.Reserved))];

    private async Task DownloadAsync(CancellationToken cancellationToken)
    {
        CheckOutputBucket();
        await BringImageAsync(cancellationToken);
        using (var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            var progress = new DownloadProgress();
            var downloading = Task.WhenAll(Hosts().Select(host => host.DownloadAsync((channel, state) => progress.Set(host.Name, channel, state), cancellationToken)));
            var reporting = ReportDownloadAsync(progress.ToString, ended.Token);
            try
            {
                await downloading;
            }
            finally
            {
                await ended.CancelAsync();
                await reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        Checkpoints()?.Prime();
        BringWarmCaches();
        await UpdateAsync(
            document =>
            {
                document.Phase = TrainingPhase.Training;
                EnterUnlessStopping(document, SecondaryStatus.Training, "Training image download completed. Training in progress.");
            },
            cancellationToken);
    }

    private async Task ReportDownloadAsync(Func<string> progress, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(DownloadReport, _parts.Clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var message = progress();
            if (Job.SecondaryStatusTransitions![^1].StatusMessage != message)
            {
                await UpdateAsync(document => EnterUnlessStopping(document, SecondaryStatus.Downloading, message), cancellationToken);
            }
        }
    }

    private void CheckOutputBucket()
    {
        // Found out now rather than after hours of training.
        var output = S3Location.Parse(Job.OutputDataConfig!.S3OutputPath);
        if (_parts.Objects.FindBucket(output.Bucket) is null)
        {
            throw TrainingFailureException.Client($"Artifact upload failed: The bucket \"{output.Bucket}\" of the S3OutputPath does not exist.");
        }
    }

    private async Task TrainAsync(CancellationToken cancellationToken)
    {
        var hosts = Hosts();
        var runs = await Task.WhenAll(hosts.Select(host => host.StartAsync(cancellationToken)));
        using var meters = _parts.Metrics.Meter(hosts.Zip(runs, (host, run) => host.Utilization(run)));
        List<JobLogRecorder> recorders = [];
        recorders.AddRange(hosts.Select(host => host.Recorder(() => ReportMetricsAsync(recorders, cancellationToken))));
        var recording = Task.WhenAll(recorders.Zip(runs, (recorder, run) => recorder.RecordAsync(run, cancellationToken)));
        var completion = CompletionAsync(runs);
        using var syncing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sync = Checkpoints()?.RunAsync(syncing.Token) ?? Task.CompletedTask;
        using (var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token))
        {
            Task any = Task.WhenAny(completion, _ticket!.Reclaimed);
            await any.WaitAsync(TimeLeft(), _parts.Clock, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellationToken.ThrowIfCancellationRequested();
        await TellWhyAsync(completion.IsCompleted, cancellationToken);

        // Also when a host has failed: without it, the others may wait for ever.
        var grace = completion.IsCompleted ? FailureGrace : _document.Phase == TrainingPhase.Interrupting ? _parts.Options.SpotGrace : _parts.Options.StopGrace;
        await Task.WhenAll(runs.Where(run => !run.Completion.IsCompleted).Select(run => run.StopAsync(grace, cancellationToken)));
        await recording;
        await syncing.CancelAsync();
        await sync;
        await UpdateAsync(
            document =>
            {
                document.Job.FinalMetricDataList = Metrics(recorders);
                if (document.Phase != TrainingPhase.Interrupting)
                {
                    document.Phase = TrainingPhase.Uploading;
                    EnterUnlessStopping(document, SecondaryStatus.Uploading, "Uploading generated training model");
                }
            },
            cancellationToken);
    }

    // All hosts have ended, or one has failed.
    private static async Task CompletionAsync(IEnumerable<IJobRun> runs)
    {
        var left = runs.Select(run => run.Completion).ToList();
        while (left.Count > 0)
        {
            var first = await Task.WhenAny(left);
            left.Remove(first);
            if ((await first).ExitCode != 0)
            {
                return;
            }
        }
    }

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        var hosts = Hosts();
        var exits = await Task.WhenAll(hosts.Select(async host =>
            (Host: host, Exit: await host.FindExitAsync(cancellationToken) ?? new JobExit(null, OutOfMemory: false, Now, Now))));
        var stopped = _document.StopRequested || _document.TimedOut || _document.WaitedTooLong;

        // Of several that failed, the first is to blame: the others were stopped because of it.
        var (culprit, failure) = exits.Where(host => host.Exit.ExitCode != 0).OrderBy(host => host.Exit.EndedAt).FirstOrDefault();
        if (culprit is not null && failure.ExitCode is null && !stopped && _document.Retries < (Job.RetryStrategy?.MaximumRetryAttempts ?? 0))
        {
            await TryAgainAsync(cancellationToken);
            return;
        }

        await UploadAsync(hosts, hasModel: culprit is null, mayHaveModel: stopped, cancellationToken);
        await EndAsync(culprit is null || stopped ? null : culprit.ReasonOf(failure), cancellationToken);
    }

    private async Task EndAsync(string? failureReason, CancellationToken cancellationToken)
    {
        await UpdateAsync(
            document =>
            {
                if (failureReason is not null)
                {
                    document.Job.FailureReason = FailureReason.Cut(failureReason);
                    End(document, TrainingJobStatus.Failed, SecondaryStatus.Failed, "Training job failed");
                }
                else if (document.StopRequested)
                {
                    End(document, TrainingJobStatus.Stopped, SecondaryStatus.Stopped, "Training job stopped");
                }
                else if (document.TimedOut)
                {
                    End(document, TrainingJobStatus.Stopped, SecondaryStatus.MaxRuntimeExceeded, "Training job runtime exceeded MaxRuntimeInSeconds provided");
                }
                else if (document.WaitedTooLong)
                {
                    End(document, TrainingJobStatus.Stopped, SecondaryStatus.MaxWaitTimeExceeded, "Training job wait time exceeded MaxWaitTimeInSeconds provided");
                }
                else
                {
                    End(document, TrainingJobStatus.Completed, SecondaryStatus.Completed, "Training job completed");
                }
            },
            cancellationToken);
        foreach (var host in _ticket is null ? [] : Hosts())
        {
            host.KeepRequirements();
        }

        await KeepWarmAsync();
        _ticket?.Dispose();
        Folder.Delete();
    }

    private void End(TrainingJobDocument document, string status, string secondaryStatus, string message) =>
        document.End(status, secondaryStatus, message, Now, _parts.Options.SpotPriceShare);

    private async Task ReportMetricsAsync(IReadOnlyList<JobLogRecorder> recorders, CancellationToken cancellationToken)
    {
        var last = Interlocked.Read(ref _metricsReported);
        if (_parts.Clock.GetElapsedTime(last) >= MetricsReport
            && Interlocked.CompareExchange(ref _metricsReported, _parts.Clock.GetTimestamp(), last) == last)
        {
            await UpdateAsync(document => document.Job.FinalMetricDataList = Metrics(recorders), cancellationToken);
        }
    }

    private async Task UpdateAsync(Action<TrainingJobDocument> change, CancellationToken cancellationToken)
    {
        var stored = await _jobs.UpdateAsync(
            _key,
            document =>
            {
                change(document);
                return document;
            },
            cancellationToken);
        _document = stored?.Document ?? throw new InvalidOperationException($"{_key} has been deleted while it was in work.");
    }

    private void EnterUnlessStopping(TrainingJobDocument document, string secondaryStatus, string message)
    {
        if (document is { StopRequested: false, TimedOut: false, WaitedTooLong: false })
        {
            document.Enter(secondaryStatus, message, Now);
        }
    }

    // Of several hosts, the one that printed a metric last tells its value.
    private static List<MetricData>? Metrics(IReadOnlyList<JobLogRecorder> recorders)
    {
        List<MetricData> metrics =
        [
            .. recorders.SelectMany(recorder => recorder.Progress.Snapshot())
                .GroupBy(metric => metric.Key, StringComparer.Ordinal)
                .Select(same => (same.Key, Latest: same.MaxBy(metric => metric.Value.Timestamp).Value))
                .OrderBy(metric => metric.Key, StringComparer.Ordinal)
                .Select(metric => new MetricData
                {
                    MetricName = metric.Key,
                    Value = (float)metric.Latest.Value,
                    Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(metric.Latest.Timestamp),
                }),
        ];
        return metrics.Count == 0 ? null : metrics;
    }
}
