using Sagebrush.Contracts.SageMaker;
using Sagebrush.Learning.Search;

namespace Sagebrush.Services.Tuning;

/// <summary>Chooses the hyperparameters of the next trial from what the tuning job's trials, and its parents', have shown.</summary>
internal static class TrialProposals
{
    /// <summary>The next trial; null when there is nothing left to try.</summary>
    public static TuningTrial? Next(TuningJobDocument document, string account, string region, DateTimeOffset now)
    {
        var counts = new int[document.Definitions.Count];
        foreach (var trial in document.Trials)
        {
            counts[trial.Definition]++;
        }

        // Definitions take turns; a grid that is through leaves its turns to the others.
        foreach (var definition in Enumerable.Range(0, counts.Length).OrderBy(definition => counts[definition]))
        {
            var space = TuningSpace.Read(document.RangesOf(definition));
            if (Strategy(document, definition, space).Propose(History(document, definition, space)) is { } point)
            {
                return Trial(document, definition, space.Write(point), account, region, now);
            }
        }

        return null;
    }

    private static ISearchStrategy Strategy(TuningJobDocument document, int definition, TuningSpace space)
    {
        var seed = unchecked(document.Seed + (definition * 7919));
        return document.Job.HyperParameterTuningJobConfig.Strategy switch
        {
            HyperParameterTuningJobStrategyType.Bayesian => new BayesianSearch(space.Space, seed),
            HyperParameterTuningJobStrategyType.Grid => new GridSearch(space.Space, seed),
            _ => new RandomSearch(space.Space, seed),
        };
    }

    private static SearchHistory History(TuningJobDocument document, int definition, TuningSpace space)
    {
        // A search makes things small.
        var sign = document.ObjectiveOf(definition).Type == HyperParameterTuningJobObjectiveType.Maximize ? -1 : 1;
        var own = document.Trials.Where(trial => trial.Definition == definition).ToList();
        List<Evaluation> completed = [];
        List<double[]> pending = [];
        foreach (var trial in own)
        {
            var point = space.TryRead(trial.Summary.TunedHyperParameters)!;
            if (trial.Objective is { } value)
            {
                completed.Add(new Evaluation(point, sign * value));
            }
            else if (trial.Stage != TrialStage.Ended)
            {
                pending.Add(point);
            }
        }

        var isSameTask = document.Job.WarmStartConfig?.WarmStartType == HyperParameterTuningJobWarmStartType.IdenticalDataAndAlgorithm;
        foreach (var inherited in document.Inherited)
        {
            if (space.TryRead(inherited.Hyperparameters) is { } point)
            {
                var value = sign * (double)inherited.Summary.FinalHyperParameterTuningJobObjectiveMetric!.Value;
                completed.Add(new Evaluation(point, value, isSameTask ? 0 : inherited.Parent));
            }
        }

        return new SearchHistory(completed, pending, own.Count);
    }

    private static TuningTrial Trial(
        TuningJobDocument document, int definition, Dictionary<string, string> hyperparameters, string account, string region, DateTimeOffset now)
    {
        var number = document.Trials.Count + 1;
        var name = TrialRequest.NameOf(document.Job.HyperParameterTuningJobName, document.Id, number);
#pragma warning disable CA1308
        var arn = $"arn:aws:sagemaker:{region}:{account}:training-job/{name.ToLowerInvariant()}";
#pragma warning restore CA1308
        return new TuningTrial
        {
            Number = number,
            Definition = definition,
            Summary = new HyperParameterTrainingJobSummary
            {
                TrainingJobDefinitionName = document.Definitions[definition].DefinitionName,
                TrainingJobName = name,
                TrainingJobArn = arn,
                CreationTime = now,
                TrainingJobStatus = TrainingJobStatus.InProgress,
                TunedHyperParameters = hyperparameters,
                ObjectiveStatus = ObjectiveStatus.Pending,
            },
        };
    }
}
