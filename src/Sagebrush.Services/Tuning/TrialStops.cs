using Sagebrush.Contracts.SageMaker;
using Sagebrush.Learning.Search;
using Sagebrush.Services.Training;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Tuning;

/// <summary>Says which running trials are not worth going on with, by the metrics in their logs.</summary>
internal sealed class TrialStops(ResourceSet<TrainingJobDocument> trainingJobs, MetricSeries series)
{
    private const int DefaultMostResource = 81;

    // What scripts and algorithms call the number of times they go over the data.
    private static readonly string[] RoundNames = ["num_round", "epochs", "num_epochs", "max_epochs", "epoch", "n_estimators", "num_boost_round"];

    /// <summary>The trials to stop now.</summary>
    public async ValueTask<IReadOnlyList<TuningTrial>> FindAsync(ResourceKey key, TuningJobDocument document, CancellationToken cancellationToken)
    {
        var config = document.Job.HyperParameterTuningJobConfig;
        var isHyperband = config.Strategy == HyperParameterTuningJobStrategyType.Hyperband;
        var running = document.Trials.FindAll(trial => trial is { Stage: TrialStage.Created, IsStoppedEarly: false });
        if (running.Count == 0 || !(isHyperband || config.TrainingJobEarlyStoppingType == TrainingJobEarlyStoppingType.Auto))
        {
            return [];
        }

        List<TuningTrial> stops = [];
        foreach (var definition in running.Select(trial => trial.Definition).Distinct().ToList())
        {
            var rule = isHyperband ? Halving(document, definition) : null;
            var curves = new List<(TuningTrial Trial, LearningCurve Curve)>();
            foreach (var trial in document.Trials.Where(trial => trial.Definition == definition && trial.Stage != TrialStage.Planned))
            {
                curves.Add((trial, await CurveAsync(key, document, trial, rule, cancellationToken)));
            }

            foreach (var (trial, curve) in curves.Where(entry => entry.Trial is { Stage: TrialStage.Created, IsStoppedEarly: false }))
            {
                var others = curves.Where(entry => entry.Trial != trial).Select(entry => entry.Curve);
                if (rule?.ShouldStop(curve, others) ?? MedianStoppingRule.ShouldStop(curve, others))
                {
                    stops.Add(trial);
                }
            }
        }

        return stops;
    }

    private async ValueTask<LearningCurve> CurveAsync(
        ResourceKey key, TuningJobDocument document, TuningTrial trial, AsynchronousHalvingRule? rule, CancellationToken cancellationToken)
    {
        var objective = document.ObjectiveOf(trial.Definition);
        var sign = objective.Type == HyperParameterTuningJobObjectiveType.Maximize ? -1 : 1;
        var job = await trainingJobs.FindAsync(key.Account, key.Region, trial.Summary.TrainingJobName, cancellationToken);
        var values = job is null ? [] : await series.ReadAsync(key.Account, key.Region, job.Document, objective.MetricName, cancellationToken);
        return new LearningCurve([.. values.Select(value => sign * value)], trial.Stage == TrialStage.Ended && !trial.IsStoppedEarly, rule?.BracketOf(trial.Number - 1) ?? 0);
    }

    private static AsynchronousHalvingRule Halving(TuningJobDocument document, int definition)
    {
        var config = document.Job.HyperParameterTuningJobConfig.StrategyConfig?.HyperbandStrategyConfig;
        var least = config?.MinResource ?? 1;
        var fixedRounds = document.Definitions[definition].StaticHyperParameters;
        var rounds = RoundNames.Select(name => fixedRounds?.GetValueOrDefault(name)).FirstOrDefault(text => text is not null);
        var most = config?.MaxResource ?? (int.TryParse(rounds?.Trim('"'), out var number) && number > 0 ? number : DefaultMostResource);
        return new AsynchronousHalvingRule(least, Math.Max(most, least));
    }
}
