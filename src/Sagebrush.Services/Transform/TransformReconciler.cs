using Microsoft.Extensions.Logging;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Transform;

/// <summary>Gives every transform job that has not ended a run, and stops the run when the job is to stop.</summary>
internal sealed partial class TransformReconciler(TransformParts parts) : IReconciler, IAsyncDisposable
{
    private readonly ResourceSet<TransformJobDocument> _jobs = parts.Store.For(TransformJobs.Kind);
    private readonly ILogger _logger = parts.Logger;
    private readonly Dictionary<ResourceKey, (CancellationTokenSource Stop, Task Work)> _runs = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();

    public string Kind => TransformJobs.Kind.Name;

    public bool IsSettled(string status) => TransformJobs.HasEnded(status);

    public async ValueTask<ReconcileOutcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (await _jobs.FindAsync(key, cancellationToken) is not { Document: { HasEnded: false } document })
        {
            return ReconcileOutcome.Done;
        }

        lock (_gate)
        {
            if (!_runs.TryGetValue(key, out var run) && !_ending.IsCancellationRequested)
            {
                var stop = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
                run = (stop, Task.Run(() => WorkAsync(key, stop), CancellationToken.None));
                _runs.Add(key, run);
            }

            if (document.Job.TransformJobStatus == TransformJobStatus.Stopping)
            {
                run.Stop?.Cancel();
            }
        }

        return ReconcileOutcome.Done;
    }

    /// <summary>Ends the runs; the next start begins those jobs again, without the files that are done.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        Task[] work;
        lock (_gate)
        {
            work = [.. _runs.Values.Select(run => run.Work)];
        }

        await Task.WhenAll(work);
        _ending.Dispose();
    }

    private async Task WorkAsync(ResourceKey key, CancellationTokenSource stop)
    {
        (string Status, string? Reason)? end = null;
        try
        {
            end = await new TransformRun(key, parts).RunAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (!_ending.IsCancellationRequested)
            {
                end = (TransformJobStatus.Stopped, null);
            }
        }
#pragma warning disable CA1031 // Whatever else fails is ours: the job ends with that said, and the log tells what it was.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFault(exception, key);
            end = (TransformJobStatus.Failed, DiskSpace.IsFull(exception)
                ? "InternalServerError: the server's disk is full. Please try again when there is room."
                : "InternalServerError: We encountered an internal error. Please try again.");
        }

        try
        {
            if (end is { } outcome)
            {
                await _jobs.UpdateAsync(key, document => End(document, outcome.Status, outcome.Reason), CancellationToken.None);
            }
        }
#pragma warning disable CA1031 // The sweep finds the job again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFault(exception, key);
        }
        finally
        {
            lock (_gate)
            {
                _runs.Remove(key);
                stop.Dispose();
            }
        }
    }

    private TransformJobDocument End(TransformJobDocument document, string status, string? reason)
    {
        document.Job.TransformJobStatus = status;
        document.Job.FailureReason = reason;
        document.Job.TransformEndTime = parts.Clock.GetUtcNow();
        return document;
    }

    [LoggerMessage(EventId = 3301, Level = LogLevel.Error, Message = "Transform job {Key} met a fault of ours")]
    private partial void LogFault(Exception exception, ResourceKey key);
}
