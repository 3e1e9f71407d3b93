using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Tuning;

/// <summary>What a new tuning job takes over from the tuning jobs it is to start from.</summary>
internal sealed class WarmStart(IResourceStore store)
{
    private readonly ResourceSet<TuningJobDocument> _jobs = store.For(TuningJobs.Kind);

    /// <summary>The parents' trials, as they are now.</summary>
    /// <exception cref="ServiceException">A parent is missing, still runs, or does not fit.</exception>
    public async ValueTask<List<InheritedTrial>> InheritAsync(
        CreateHyperParameterTuningJobRequest request, IReadOnlyList<HyperParameterTrainingJobDefinition> definitions, CallContext context, CancellationToken cancellationToken)
    {
        List<InheritedTrial> inherited = [];
        if (request.WarmStartConfig is not { } config)
        {
            return inherited;
        }

        if (definitions.Count > 1)
        {
            throw Refusals.Validation("WarmStartConfig cannot be given together with several training job definitions.");
        }

        if (request.HyperParameterTuningJobConfig.Strategy == HyperParameterTuningJobStrategyType.Hyperband)
        {
            throw Refusals.Validation("WarmStartConfig cannot be given with the strategy Hyperband.");
        }

        var names = config.ParentHyperParameterTuningJobs.ConvertAll(parent => parent.HyperParameterTuningJobName);
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Count || names.Contains(null))
        {
            throw Refusals.Validation("ParentHyperParameterTuningJobs must name different tuning jobs.");
        }

        for (var i = 0; i < names.Count; i++)
        {
            var parent = await _jobs.FindAsync(context.AccountId, context.Region, names[i]!, cancellationToken)
                ?? throw Refusals.Validation($"The parent hyperparameter tuning job '{names[i]}' of WarmStartConfig does not exist.");
            CheckParent(parent.Document, request, definitions[0], config.WarmStartType);
            inherited.AddRange(parent.Document.Trials.Where(trial => trial.Objective is not null).Select(trial => new InheritedTrial
            {
                Parent = i + 1,
                Hyperparameters = With(parent.Document.Definitions[trial.Definition].StaticHyperParameters, trial.Summary.TunedHyperParameters),
                Summary = NamedAfter(trial.Summary, names[i]!),
            }));
        }

        return inherited;
    }

    private static void CheckParent(
        TuningJobDocument parent, CreateHyperParameterTuningJobRequest request, HyperParameterTrainingJobDefinition definition, string type)
    {
        var name = parent.Job.HyperParameterTuningJobName;
        if (!parent.HasEnded)
        {
            throw Refusals.Validation(
                $"The parent hyperparameter tuning job '{name}' is in status {parent.Job.HyperParameterTuningJobStatus}: a warm start needs one that has ended.");
        }

        if (parent.Definitions.Count > 1)
        {
            throw Refusals.Validation($"The parent hyperparameter tuning job '{name}' has several training job definitions and cannot be used for a warm start.");
        }

        var objective = request.HyperParameterTuningJobConfig.HyperParameterTuningJobObjective ?? definition.TuningObjective;
        if (parent.ObjectiveOf(0).MetricName != objective?.MetricName || parent.ObjectiveOf(0).Type != objective?.Type)
        {
            throw Refusals.Validation(
                $"The objective metric must be that of the parent hyperparameter tuning job '{name}', {parent.ObjectiveOf(0).Type} {parent.ObjectiveOf(0).MetricName}.");
        }

        if (type != HyperParameterTuningJobWarmStartType.IdenticalDataAndAlgorithm)
        {
            return;
        }

        if (parent.Definitions[0].AlgorithmSpecification.TrainingImage != definition.AlgorithmSpecification.TrainingImage)
        {
            throw Refusals.Validation(
                $"With the warm start type IdenticalDataAndAlgorithm the training image must be that of the parent hyperparameter tuning job '{name}'.");
        }

        if (!Inputs(parent.Definitions[0]).SequenceEqual(Inputs(definition), StringComparer.Ordinal))
        {
            throw Refusals.Validation(
                $"With the warm start type IdenticalDataAndAlgorithm the input data must be that of the parent hyperparameter tuning job '{name}'.");
        }
    }

    private static IEnumerable<string> Inputs(HyperParameterTrainingJobDefinition definition) =>
        (definition.InputDataConfig ?? []).Select(channel => $"{channel.ChannelName} {channel.DataSource.S3DataSource?.S3Uri}").Order(StringComparer.Ordinal);

    private static Dictionary<string, string> With(Dictionary<string, string>? first, Dictionary<string, string> second)
    {
        Dictionary<string, string> all = new(first ?? [], StringComparer.Ordinal);
        foreach (var (key, value) in second)
        {
            all[key] = value;
        }

        return all;
    }

    private static HyperParameterTrainingJobSummary NamedAfter(HyperParameterTrainingJobSummary summary, string parent) => new()
    {
        TrainingJobDefinitionName = summary.TrainingJobDefinitionName,
        TrainingJobName = summary.TrainingJobName,
        TrainingJobArn = summary.TrainingJobArn,
        TuningJobName = summary.TuningJobName ?? parent,
        CreationTime = summary.CreationTime,
        TrainingStartTime = summary.TrainingStartTime,
        TrainingEndTime = summary.TrainingEndTime,
        TrainingJobStatus = summary.TrainingJobStatus,
        TunedHyperParameters = summary.TunedHyperParameters,
        FailureReason = summary.FailureReason,
        FinalHyperParameterTuningJobObjectiveMetric = summary.FinalHyperParameterTuningJobObjectiveMetric,
        ObjectiveStatus = summary.ObjectiveStatus,
    };
}
