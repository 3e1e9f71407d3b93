using Sagebrush.Compute.Capacity;
using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Training;

/// <summary>
/// Takes one job from where its document says it is to its end. Each phase can be repeated, and is stored before it begins:
/// killed anywhere, the job goes on from there with the next start of the program.
/// </summary>
internal sealed partial class TrainingJobWorker : IDisposable
{
    private static readonly TimeSpan WaitingReport = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MetricsReport = TimeSpan.FromSeconds(1);

    private readonly ResourceKey _key;
    private readonly TrainingParts _parts;
    private readonly ResourceSet<TrainingJobDocument> _jobs;
    private readonly JobArtifacts _artifacts;
    private readonly CancellationTokenSource _stop = new();
    private CapacityTicket? _ticket;
    private TrainingJobDocument _document;
    private long _metricsReported;

    public TrainingJobWorker(ResourceKey key, TrainingJobDocument document, TrainingParts parts, CapacityTicket? ticket)
    {
        _key = key;
        _parts = parts;
        _document = document;
        _ticket = ticket;
        _jobs = parts.Store.For(TrainingJobs.Kind);
        _artifacts = new JobArtifacts(parts.Objects);
    }

    private DescribeTrainingJobResponse Job => _document.Job;

    private JobFolder Folder => new(Path.Join(_parts.Options.JobsDirectory, _document.Id));

    private DateTimeOffset Now => _parts.Clock.GetUtcNow();

    /// <summary>What an instance of the job's type offers, for as many as it wants.</summary>
    public static ComputeResources Wanted(TrainingJobDocument document) =>
        InstanceCatalogue.Get(document.Job.ResourceConfig!.InstanceType!).Resources(document.Job.ResourceConfig.InstanceCount ?? 1);

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
            using (var interruptible = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token))
            {
                if (_document.Phase == TrainingPhase.Waiting)
                {
                    await WaitForCapacityAsync(interruptible.Token);
                }

                _ticket ??= _parts.Capacity.Adopt(_key.Name, Wanted(_document));
                if (_document.Phase == TrainingPhase.Downloading)
                {
                    await DownloadAsync(interruptible.Token);
                }
            }

            if (_document.Phase == TrainingPhase.Training)
            {
                await TrainAsync(cancellationToken);
            }

            await FinishAsync(cancellationToken);
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

    /// <summary>Ends the job because of a fault that is not its own.</summary>
    public Task GiveUpAsync(CancellationToken cancellationToken) =>
        EndAsync("InternalServerError: We encountered an internal error. Please try again.", cancellationToken);

    /// <summary>Gives the job's place in the queue up.</summary>
    public void Dispose()
    {
        _ticket?.Dispose();
        _stop.Dispose();
    }

    private async Task WaitForCapacityAsync(CancellationToken cancellationToken)
    {
        _ticket ??= _parts.Capacity.Enqueue(_key.Name, Wanted(_document));
        while (!_ticket.IsGranted)
        {
            var message = _ticket.WaitingReason is { } reason ? $"Preparing the instances for training: {reason}" : "Preparing the instances for training";
            if (Job.SecondaryStatusTransitions![^1].StatusMessage != message)
            {
                await UpdateAsync(document => EnterUnlessStopping(document, SecondaryStatus.Starting, message), cancellationToken);
            }

            await _ticket.GrantedAsync(cancellationToken).WaitAsync(WaitingReport, _parts.Clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        await UpdateAsync(
            document =>
            {
                document.Phase = TrainingPhase.Downloading;
                document.Job.TrainingStartTime = Now;
                document.LogStream = $"{_key.Name}/algo-1-{Now.ToUnixTimeSeconds()}";
                EnterUnlessStopping(document, SecondaryStatus.Downloading, "Downloading input data");
            },
            cancellationToken);
    }

    private async Task TrainAsync(CancellationToken cancellationToken)
    {
        var run = await StartAsync(cancellationToken);
        var recorder = Recorder(cancellationToken);
        var recording = recorder.RecordAsync(run, cancellationToken);
        var runtime = Job.TrainingStartTime!.Value + TimeSpan.FromSeconds(Job.StoppingCondition.MaxRuntimeInSeconds!.Value) - Now;
        using (var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token))
        {
            Task completion = run.Completion;
            await completion.WaitAsync(runtime > TimeSpan.Zero ? runtime : TimeSpan.Zero, _parts.Clock, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (!run.Completion.IsCompleted)
        {
            if (!_stop.IsCancellationRequested)
            {
                await UpdateAsync(
                    document =>
                    {
                        document.TimedOut = true;
                        document.Job.TrainingJobStatus = TrainingJobStatus.Stopping;
                        document.Enter(SecondaryStatus.Stopping, "Stopping the training job: it ran longer than MaxRuntimeInSeconds", Now);
                    },
                    cancellationToken);
            }

            await run.StopAsync(_parts.Options.StopGrace, cancellationToken);
        }

        await recording;
        await UpdateAsync(
            document =>
            {
                document.Phase = TrainingPhase.Uploading;
                document.Job.FinalMetricDataList = Metrics(recorder.Progress);
                EnterUnlessStopping(document, SecondaryStatus.Uploading, "Uploading generated training model");
            },
            cancellationToken);
    }

    private async Task<IJobRun> StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _parts.Executor.StartAsync(Command(), cancellationToken);
        }
        catch (ArgumentException exception)
        {
            // A hyperparameter with a NUL, for one, cannot be an argument of any program.
            throw TrainingFailureException.Client(exception.Message);
        }
    }

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        var run = await _parts.Executor.FindAsync(Folder, cancellationToken);
        var exit = run is null ? new JobExit(null, OutOfMemory: false, Now, Now) : await run.Completion.WaitAsync(cancellationToken);
        var failed = exit.ExitCode != 0 && !_document.StopRequested && !_document.TimedOut;
        try
        {
            if (!failed && (exit.ExitCode == 0 || HasFiles(Folder.Contract.Model)))
            {
                await _artifacts.UploadAsync(Job.OutputDataConfig!, _key.Name, "model", Folder.Contract.Model, cancellationToken);
            }

            if (HasFiles(Folder.Contract.OutputData))
            {
                await _artifacts.UploadAsync(Job.OutputDataConfig!, _key.Name, "output", Folder.Contract.OutputData, cancellationToken);
            }

            if (Job.CheckpointConfig is { } checkpoints)
            {
                await _artifacts.UploadFilesAsync(S3Location.Parse(checkpoints.S3Uri), Folder.Contract.Checkpoints, cancellationToken);
            }
        }
        catch (ObjectStoreException exception)
        {
            throw TrainingFailureException.Client($"Artifact upload failed: {exception.Message}");
        }

        await EndAsync(failed ? ReasonOf(exit) : null, cancellationToken);
    }

    private async Task EndAsync(string? failureReason, CancellationToken cancellationToken)
    {
        await UpdateAsync(
            document =>
            {
                if (failureReason is not null)
                {
                    document.Job.FailureReason = FailureReason.Cut(failureReason);
                    document.End(TrainingJobStatus.Failed, SecondaryStatus.Failed, "Training job failed", Now);
                }
                else if (document.StopRequested)
                {
                    document.End(TrainingJobStatus.Stopped, SecondaryStatus.Stopped, "Training job stopped", Now);
                }
                else if (document.TimedOut)
                {
                    document.End(
                        TrainingJobStatus.Stopped, SecondaryStatus.MaxRuntimeExceeded, "Training job runtime exceeded MaxRuntimeInSeconds provided", Now);
                }
                else
                {
                    document.End(TrainingJobStatus.Completed, SecondaryStatus.Completed, "Training job completed", Now);
                }
            },
            cancellationToken);
        _ticket?.Dispose();
        Folder.Delete();
    }

    private async Task ReportMetricsAsync(JobProgress progress, CancellationToken cancellationToken)
    {
        if (_parts.Clock.GetElapsedTime(_metricsReported) >= MetricsReport)
        {
            _metricsReported = _parts.Clock.GetTimestamp();
            await UpdateAsync(document => document.Job.FinalMetricDataList = Metrics(progress), cancellationToken);
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
        if (!document.StopRequested && !document.TimedOut)
        {
            document.Enter(secondaryStatus, message, Now);
        }
    }

    private static bool HasFiles(string directory) => Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any();

    private static List<MetricData>? Metrics(JobProgress progress) => progress.Metrics.Count == 0
        ? null
        : [.. progress.Metrics.OrderBy(metric => metric.Key, StringComparer.Ordinal).Select(metric => new MetricData
        {
            MetricName = metric.Key,
            Value = (float)metric.Value.Value,
            Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(metric.Value.Timestamp),
        })];
}
