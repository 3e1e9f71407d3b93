using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Training;

/// <summary>How long a job may hold its place, and how it leaves it to come back later.</summary>
internal sealed partial class TrainingJobWorker
{
    private TimeSpan? WaitingTimeLeft => Job.StoppingCondition.MaxWaitTimeInSeconds is { } seconds ? Job.CreationTime + TimeSpan.FromSeconds(seconds) - Now : null;

    private TimeSpan RuntimeLeft => TimeSpan.FromSeconds(Job.StoppingCondition.MaxRuntimeInSeconds!.Value) - _document.HeldFor(Now);

    private TimeSpan TimeLeft()
    {
        var left = WaitingTimeLeft is { } waiting && waiting < RuntimeLeft ? waiting : RuntimeLeft;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private CheckpointSync? Checkpoints() => Job.CheckpointConfig is not { } checkpoints ? null : _checkpoints ??= new CheckpointSync(
        _parts.Objects,
        S3Location.Parse(checkpoints.S3Uri),
        Hosts().ConvertAll(host => host.Folder.Contract.Checkpoints),
        _parts.Options.CheckpointInterval,
        _parts.Clock,
        _parts.Logger);

    // Why the job is about to be ended from outside, if it is.
    private async Task TellWhyAsync(bool hasEnded, CancellationToken cancellationToken)
    {
        if (hasEnded || _stop.IsCancellationRequested)
        {
            return;
        }

        await UpdateAsync(
            document =>
            {
                if (_ticket!.Reclaimed.IsCompleted && TimeLeft() > TimeSpan.Zero)
                {
                    document.Phase = TrainingPhase.Interrupting;
                    EnterUnlessStopping(document, SecondaryStatus.Interrupted, "Training job interrupted: an on-demand job needs its instances");
                    return;
                }

                var (waited, name) = WaitingTimeLeft < RuntimeLeft ? (true, "MaxWaitTimeInSeconds") : (false, "MaxRuntimeInSeconds");
                document.WaitedTooLong = waited;
                document.TimedOut = !waited;
                document.Job.TrainingJobStatus = TrainingJobStatus.Stopping;
                document.Enter(SecondaryStatus.Stopping, $"Stopping the training job: it ran longer than {name}", Now);
            },
            cancellationToken);
    }

    // The processes are asked to end once more, and the rest of their output is read: the program may have been killed before that was done.
    private async Task LeavePlaceAsync(CancellationToken cancellationToken)
    {
        foreach (var host in Hosts())
        {
            if (await _parts.Executor.FindAsync(host.Folder, cancellationToken) is { } run)
            {
                await run.StopAsync(_parts.Options.SpotGrace, cancellationToken);
                await host.Recorder().RecordAsync(run, cancellationToken);
            }
        }

        try
        {
            await (Checkpoints()?.SyncAsync(stillWritten: false, cancellationToken) ?? Task.CompletedTask);
        }
        catch (ObjectStoreException exception)
        {
            throw TrainingFailureException.Client($"Checkpoint upload failed: {exception.Message}");
        }

        await WaitAgainAsync(document => document.Interruptions++, cancellationToken);
    }

    private Task TryAgainAsync(CancellationToken cancellationToken) => WaitAgainAsync(
        document =>
        {
            document.Retries++;
            EnterUnlessStopping(document, SecondaryStatus.Restarting, "Restarting the training job after an internal error");
        },
        cancellationToken);

    private async Task WaitAgainAsync(Action<TrainingJobDocument> change, CancellationToken cancellationToken)
    {
        Folder.Delete();
        await UpdateAsync(
            document =>
            {
                change(document);
                document.Phase = TrainingPhase.Waiting;
                document.LeavePlace(Now);
            },
            cancellationToken);
        _checkpoints = null;
        _ticket?.Dispose();
        _ticket = null;
        if (_stop.IsCancellationRequested)
        {
            await EndAsync(null, cancellationToken);
        }
    }
}
