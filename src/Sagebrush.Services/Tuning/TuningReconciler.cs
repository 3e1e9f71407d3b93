using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Training;
using Sagebrush.State.Logs;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Tuning;

/// <summary>
/// Takes tuning jobs forward: sees what became of their training jobs, stops those that lag behind, plans new ones and creates what is planned.
/// </summary>
/// <remarks>A trial is stored with its job's name before the job is created, so a job is never created twice, whenever the program dies.</remarks>
internal sealed class TuningReconciler(IResourceStore store, ILogStore logs, TimeProvider clock) : IReconciler
{
    private const int TagPageSize = 100;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(300);

    private readonly ResourceSet<TuningJobDocument> _jobs = store.For(TuningJobs.Kind);
    private readonly ResourceSet<TrainingJobDocument> _trainingJobs = store.For(TrainingJobs.Kind);
    private readonly CreateTrainingJobOperation _create = new(store, clock);
    private readonly StopTrainingJobOperation _stop = new(store, clock);
    private readonly MetricSeries _series = new(logs);

    /// <inheritdoc/>
    public string Kind => TuningJobs.Kind.Name;

    /// <inheritdoc/>
    public bool IsSettled(string status) =>
        status is HyperParameterTuningJobStatus.Completed or HyperParameterTuningJobStatus.Failed or HyperParameterTuningJobStatus.Stopped;

    /// <inheritdoc/>
    public async ValueTask<ReconcileOutcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (await _jobs.FindAsync(key, cancellationToken) is not { Document: { HasEnded: false } document })
        {
            return ReconcileOutcome.Done;
        }

        var isChanged = await CreatePlannedAsync(key, document, cancellationToken);
        isChanged |= await ObserveAsync(key, document, cancellationToken);
        isChanged |= await StopAsync(key, document, cancellationToken);
        isChanged |= Plan(key, document);
        isChanged |= EndIfThrough(document);
        if (isChanged)
        {
            await SaveAsync(key, document, cancellationToken);
        }

        return document.HasEnded ? ReconcileOutcome.Done : ReconcileOutcome.Requeue(Glance);
    }

    private async ValueTask<bool> CreatePlannedAsync(ResourceKey key, TuningJobDocument document, CancellationToken cancellationToken)
    {
        var isChanged = false;
        List<ResourceTag>? tags = null;
        foreach (var trial in document.Trials.Where(trial => trial.Stage == TrialStage.Planned))
        {
            tags ??= await TagsAsync(document, cancellationToken);
            isChanged = true;
            try
            {
                await CreateAsync(key, document, trial, tags, cancellationToken);
                trial.Stage = TrialStage.Created;
            }
            catch (ServiceException refusal)
            {
                End(trial, TrainingJobStatus.Failed, $"ClientError: {refusal.Message}");
            }
        }

        return isChanged;
    }

    private async ValueTask CreateAsync(ResourceKey key, TuningJobDocument document, TuningTrial trial, List<ResourceTag> tags, CancellationToken cancellationToken)
    {
        var name = trial.Summary.TrainingJobName;
        if (await _trainingJobs.FindAsync(key.Account, key.Region, name, cancellationToken) is { } existing
            && existing.Document.Job.TuningJobArn == document.Job.HyperParameterTuningJobArn)
        {
            // Created before the program was killed.
            return;
        }

        var request = TrialRequest.Make(name, document.Definitions[trial.Definition], document.ObjectiveOf(trial.Definition), trial.Summary.TunedHyperParameters);
        await _create.CreateAsync(
            request,
            key.Account,
            key.Region,
            tags,
            job => job.TuningJobArn = document.Job.HyperParameterTuningJobArn,
            cancellationToken);
    }

    // The tuning job's, and who made it: the trials are theirs.
    private async ValueTask<List<ResourceTag>> TagsAsync(TuningJobDocument document, CancellationToken cancellationToken) =>
        await store.ListTagsAsync(document.Job.HyperParameterTuningJobArn, TagPageSize, null, cancellationToken) is { } page ? [.. page.Tags] : [];

    private async ValueTask<bool> ObserveAsync(ResourceKey key, TuningJobDocument document, CancellationToken cancellationToken)
    {
        var isChanged = false;
        foreach (var trial in document.Trials.Where(trial => trial.Stage == TrialStage.Created))
        {
            var stored = await _trainingJobs.FindAsync(key.Account, key.Region, trial.Summary.TrainingJobName, cancellationToken);
            if (stored is null)
            {
                End(trial, TrainingJobStatus.Failed, "ClientError: The training job was deleted.");
                isChanged = true;
                continue;
            }

            isChanged |= Take(trial, stored.Document, document.ObjectiveOf(trial.Definition));
        }

        return isChanged;
    }

    private static bool Take(TuningTrial trial, TrainingJobDocument training, HyperParameterTuningJobObjective objective)
    {
        var (summary, job) = (trial.Summary, training.Job);
        var isChanged = summary.TrainingJobStatus != job.TrainingJobStatus || summary.TrainingStartTime != job.TrainingStartTime;
        summary.TrainingJobStatus = job.TrainingJobStatus;
        summary.CreationTime = job.CreationTime;
        summary.TrainingStartTime = job.TrainingStartTime;
        summary.TrainingEndTime = job.TrainingEndTime;
        summary.FailureReason = job.FailureReason;
        if (!training.HasEnded)
        {
            return isChanged;
        }

        trial.Stage = TrialStage.Ended;
        var final = job.TrainingJobStatus == TrainingJobStatus.Failed ? null : job.FinalMetricDataList?.Find(metric => metric.MetricName == objective.MetricName);
        summary.ObjectiveStatus = final?.Value is null ? ObjectiveStatus.Failed : ObjectiveStatus.Succeeded;
        summary.FinalHyperParameterTuningJobObjectiveMetric = final?.Value is not { } value ? null : new FinalHyperParameterTuningJobObjectiveMetric
        {
            Type = objective.Type,
            MetricName = objective.MetricName,
            Value = value,
        };
        return true;
    }

    private async ValueTask<bool> StopAsync(ResourceKey key, TuningJobDocument document, CancellationToken cancellationToken)
    {
        var config = document.Job.HyperParameterTuningJobConfig;
        var isNewlyComplete = !document.IsComplete
            && (TuningProgress.IsEnough(document, clock.GetUtcNow())
                || (config.ResourceLimits.MaxRuntimeInSeconds is { } most && clock.GetUtcNow() - document.Job.CreationTime >= TimeSpan.FromSeconds(most)));
        document.IsComplete |= isNewlyComplete;
        var stopsAll = document.StopRequested || document.IsComplete;
        var lagging = stopsAll
            ? document.Trials.FindAll(trial => trial.Stage == TrialStage.Created && trial.Summary.TrainingJobStatus == TrainingJobStatus.InProgress)
            : await new TrialStops(_trainingJobs, _series).FindAsync(key, document, cancellationToken);
        foreach (var trial in lagging)
        {
            try
            {
                await _stop.StopAsync(key.Account, key.Region, trial.Summary.TrainingJobName, cancellationToken);
            }
            catch (ServiceException)
            {
                // It has just ended by itself.
            }

            trial.IsStoppedEarly = true;
        }

        return isNewlyComplete || lagging.Count > 0;
    }

    private bool Plan(ResourceKey key, TuningJobDocument document)
    {
        var limits = document.Job.HyperParameterTuningJobConfig.ResourceLimits;
        var isChanged = false;
        while (!document.StopRequested && !document.IsComplete
            && (limits.MaxNumberOfTrainingJobs is not { } most || document.Trials.Count < most)
            && document.Trials.Count(trial => trial.Stage != TrialStage.Ended) < limits.MaxParallelTrainingJobs)
        {
            isChanged = true;
            if (TrialProposals.Next(document, key.Account, key.Region, clock.GetUtcNow()) is not { } trial)
            {
                // A grid that is through.
                document.IsComplete = !document.Trials.Exists(left => left.Stage != TrialStage.Ended);
                return document.IsComplete;
            }

            document.Trials.Add(trial);
        }

        return isChanged;
    }

    private bool EndIfThrough(TuningJobDocument document)
    {
        if (document.Trials.Exists(trial => trial.Stage != TrialStage.Ended))
        {
            return false;
        }

        var most = document.Job.HyperParameterTuningJobConfig.ResourceLimits.MaxNumberOfTrainingJobs;
        if (document.StopRequested)
        {
            document.End(HyperParameterTuningJobStatus.Stopped, clock.GetUtcNow());
        }
        else if (!document.IsComplete && document.Trials.Count < most.GetValueOrDefault(int.MaxValue))
        {
            return false;
        }
        else if (document.Trials.Count > 0 && document.Trials.TrueForAll(trial => trial.Summary.TrainingJobStatus == TrainingJobStatus.Failed))
        {
            document.Job.FailureReason = "All training jobs failed. Please take a look at the training jobs failures to get more details.";
            document.End(HyperParameterTuningJobStatus.Failed, clock.GetUtcNow());
        }
        else
        {
            document.End(HyperParameterTuningJobStatus.Completed, clock.GetUtcNow());
        }

        return true;
    }

    private void End(TuningTrial trial, string status, string reason)
    {
        trial.Stage = TrialStage.Ended;
        trial.Summary.TrainingJobStatus = status;
        trial.Summary.FailureReason = FailureReason.Cut(reason);
        trial.Summary.ObjectiveStatus = ObjectiveStatus.Failed;
        trial.Summary.TrainingEndTime = clock.GetUtcNow();
    }

    // Only a request to stop may have come in between; it stays.
    private async ValueTask SaveAsync(ResourceKey key, TuningJobDocument document, CancellationToken cancellationToken) =>
        await _jobs.UpdateAsync(
            key,
            current =>
            {
                if (current.StopRequested && !document.StopRequested)
                {
                    document.StopRequested = true;
                    document.Job.HyperParameterTuningJobStatus = document.HasEnded ? document.Job.HyperParameterTuningJobStatus : HyperParameterTuningJobStatus.Stopping;
                }

                return document;
            },
            cancellationToken);
}
