using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Tuning;

/// <summary>What a tuning job's trials add up to: counters, the best, and whether more of them are wanted.</summary>
internal static class TuningProgress
{
    private const int LeastForConvergence = 20;
    private const double SmallestGain = 1e-3;

    /// <summary>Brings what callers see up to date with the trials.</summary>
    public static void Fill(TuningJobDocument document)
    {
        var job = document.Job;
        var trials = document.Trials;
        var failed = trials.Where(trial => trial.Summary.TrainingJobStatus == TrainingJobStatus.Failed).ToList();
        var retryable = failed.Count(trial => trial.Summary.FailureReason?.StartsWith("InternalServerError", StringComparison.Ordinal) == true);
        job.TrainingJobStatusCounters = new TrainingJobStatusCounters
        {
            Completed = Count(trials, TrainingJobStatus.Completed),
            InProgress = Count(trials, TrainingJobStatus.InProgress) + Count(trials, TrainingJobStatus.Stopping),
            RetryableError = retryable,
            NonRetryableError = failed.Count - retryable,
            Stopped = Count(trials, TrainingJobStatus.Stopped),
        };
        job.ObjectiveStatusCounters = new ObjectiveStatusCounters
        {
            Succeeded = trials.Count(trial => trial.Summary.ObjectiveStatus == ObjectiveStatus.Succeeded),
            Pending = trials.Count(trial => trial.Summary.ObjectiveStatus == ObjectiveStatus.Pending),
            Failed = trials.Count(trial => trial.Summary.ObjectiveStatus == ObjectiveStatus.Failed),
        };
        job.BestTrainingJob = Best(document)?.Summary;
        if (job.WarmStartConfig?.WarmStartType == HyperParameterTuningJobWarmStartType.IdenticalDataAndAlgorithm)
        {
            job.OverallBestTrainingJob = OverallBest(document);
        }

        job.TuningJobCompletionDetails ??= new HyperParameterTuningJobCompletionDetails();
        job.TuningJobCompletionDetails.NumberOfTrainingJobsObjectiveNotImproving = SinceImprovement(document);
        job.ConsumedResources = new HyperParameterTuningJobConsumedResources
        {
            RuntimeInSeconds = (int)Math.Ceiling(((job.HyperParameterTuningEndTime ?? job.LastModifiedTime ?? job.CreationTime) - job.CreationTime).TotalSeconds),
        };
    }

    /// <summary>The best trial so far; null when none has an objective.</summary>
    /// <remarks>Several definitions with different metrics cannot be compared: the first definition's metric decides.</remarks>
    public static TuningTrial? Best(TuningJobDocument document) =>
        Comparable(document).OrderBy(trial => Cost(document, trial)).ThenBy(trial => trial.Number).FirstOrDefault();

    /// <summary>Whether what was found is enough; notes on the job when it has converged.</summary>
    public static bool IsEnough(TuningJobDocument document, DateTimeOffset now)
    {
        var criteria = document.Job.HyperParameterTuningJobConfig.TuningJobCompletionCriteria;
        if (criteria is null || Best(document) is not { } best)
        {
            return false;
        }

        if (criteria.TargetObjectiveMetricValue is { } target && Cost(document, best) <= Sign(document) * (double)target)
        {
            return true;
        }

        if (criteria.BestObjectiveNotImproving?.MaxNumberOfTrainingJobsNotImproving is { } most && SinceImprovement(document) >= most)
        {
            return true;
        }

        if (criteria.ConvergenceDetected?.CompleteOnConvergence != CompleteOnConvergence.Enabled || !HasConverged(document))
        {
            return false;
        }

        (document.Job.TuningJobCompletionDetails ??= new HyperParameterTuningJobCompletionDetails()).ConvergenceDetectedTime ??= now;
        return true;
    }

    private static IEnumerable<TuningTrial> Comparable(TuningJobDocument document)
    {
        var metric = document.ObjectiveOf(0).MetricName;
        return document.Trials.Where(trial => trial.Objective is not null && document.ObjectiveOf(trial.Definition).MetricName == metric);
    }

    private static double Sign(TuningJobDocument document) => document.ObjectiveOf(0).Type == HyperParameterTuningJobObjectiveType.Maximize ? -1 : 1;

    private static double Cost(TuningJobDocument document, TuningTrial trial) => Sign(document) * trial.Objective!.Value;

    private static int Count(List<TuningTrial> trials, string status) => trials.Count(trial => trial.Summary.TrainingJobStatus == status);

    // In the order in which they ended.
    private static List<double> Costs(TuningJobDocument document) =>
        [.. Comparable(document).OrderBy(trial => trial.Summary.TrainingEndTime).ThenBy(trial => trial.Number).Select(trial => Cost(document, trial))];

    private static int SinceImprovement(TuningJobDocument document)
    {
        var best = double.PositiveInfinity;
        var since = 0;
        foreach (var cost in Costs(document))
        {
            since = cost < best ? 0 : since + 1;
            best = Math.Min(best, cost);
        }

        return since;
    }

    // Half of the trials have gained next to nothing over the best of the first half, measured by how far trials usually are from it.
    private static bool HasConverged(TuningJobDocument document)
    {
        var costs = Costs(document);
        if (costs.Count < LeastForConvergence)
        {
            return false;
        }

        var before = costs.Take(costs.Count / 2).Min();
        var after = costs.Min();
        var median = costs.Order().ElementAt(costs.Count / 2);
        return before - after <= SmallestGain * (median - after);
    }

    private static HyperParameterTrainingJobSummary? OverallBest(TuningJobDocument document)
    {
        var name = document.Job.HyperParameterTuningJobName;
        if (Best(document) is { } own)
        {
            own.Summary.TuningJobName = name;
        }

        return document.Inherited.Select(inherited => inherited.Summary).Append(document.Job.BestTrainingJob).OfType<HyperParameterTrainingJobSummary>()
            .MinBy(summary => Sign(document) * summary.FinalHyperParameterTuningJobObjectiveMetric!.Value);
    }
}
