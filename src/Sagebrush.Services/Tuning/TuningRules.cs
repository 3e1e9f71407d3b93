using System.Globalization;
using Sagebrush.Algorithms;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Learning.Search;
using Sagebrush.Services.Training;
using CategoricalParameter = Sagebrush.Learning.Search.CategoricalParameter;

namespace Sagebrush.Services.Tuning;

/// <summary>What a request for a tuning job must obey beyond the model's constraints.</summary>
internal static class TuningRules
{
    private const int MostJobs = 750;
    private const int MostRandomJobs = 10_000;
    private const int MostParallelJobs = 100;
    private const int MostRanges = 30;

    /// <summary>Checks a request whose ranges are complete; gives the space of each definition.</summary>
    /// <exception cref="Wire.Dispatch.ServiceException">Something is wrong.</exception>
    public static void Check(CreateHyperParameterTuningJobRequest request, IReadOnlyList<HyperParameterTrainingJobDefinition> definitions)
    {
        var config = request.HyperParameterTuningJobConfig;
        List<TuningSpace> spaces = [];
        foreach (var definition in definitions)
        {
            spaces.Add(CheckDefinition(request, definition));
        }

        CheckStrategy(config, spaces);
        CheckLimits(config, spaces);
    }

    /// <summary>The definitions of a request, after their form was checked.</summary>
    public static IReadOnlyList<HyperParameterTrainingJobDefinition> Definitions(CreateHyperParameterTuningJobRequest request)
    {
        if (request.TrainingJobDefinition is null == request.TrainingJobDefinitions is not { Count: > 0 })
        {
            throw Refusals.Validation("You must specify either TrainingJobDefinition or TrainingJobDefinitions, but not both.");
        }

        if (request.TrainingJobDefinition is { } single)
        {
            return single.TuningObjective is null && single.HyperParameterRanges is null
                ? [single]
                : throw Refusals.Validation(
                    "TuningObjective and HyperParameterRanges belong to definitions of TrainingJobDefinitions. With TrainingJobDefinition, "
                    + "give HyperParameterTuningJobObjective and ParameterRanges in HyperParameterTuningJobConfig.");
        }

        var config = request.HyperParameterTuningJobConfig;
        var several = request.TrainingJobDefinitions!;
        if (config.ParameterRanges is not null || config.HyperParameterTuningJobObjective is not null)
        {
            throw Refusals.Validation(
                "With TrainingJobDefinitions, give TuningObjective and HyperParameterRanges in each definition, not HyperParameterTuningJobObjective and ParameterRanges in HyperParameterTuningJobConfig.");
        }

        if (several.Exists(definition => definition.DefinitionName is null))
        {
            throw Refusals.Validation("Each definition of TrainingJobDefinitions needs a DefinitionName.");
        }

        return several.GroupBy(definition => definition.DefinitionName, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw Refusals.Validation($"The DefinitionName of each training job definition must be unique: '{twice.Key}' is given more than once.")
            : several;
    }

    private static TuningSpace CheckDefinition(CreateHyperParameterTuningJobRequest request, HyperParameterTrainingJobDefinition definition)
    {
        var config = request.HyperParameterTuningJobConfig;
        var objective = definition.TuningObjective ?? config.HyperParameterTuningJobObjective
            ?? throw Refusals.Validation("A tuning objective is required: give HyperParameterTuningJobObjective, or TuningObjective in each definition.");
        var space = TuningSpace.Read(definition.HyperParameterRanges ?? config.ParameterRanges
            ?? throw Refusals.Validation("Hyperparameter ranges are required: give ParameterRanges, or HyperParameterRanges in each definition."));
        var parameters = space.Space.Parameters;
        if (parameters.Count is 0 or > MostRanges)
        {
            throw Refusals.Validation($"A tuning job needs 1 to {MostRanges} hyperparameter ranges; {parameters.Count} are given.");
        }

        if (parameters.FirstOrDefault(parameter => definition.StaticHyperParameters?.ContainsKey(parameter.Name) == true) is { } both)
        {
            throw Refusals.Validation($"The hyperparameter '{both.Name}' is given both in StaticHyperParameters and in the hyperparameter ranges.");
        }

        if (definition.ResourceConfig is null == definition.HyperParameterTuningResourceConfig is null)
        {
            throw Refusals.Validation("You must specify either ResourceConfig or HyperParameterTuningResourceConfig in a training job definition, but not both.");
        }

        // What a training job would refuse is refused now, not trial by trial.
        var sample = space.Write(space.Space.Decode(Enumerable.Repeat(0.5, space.Space.Width).ToArray()));
        var trial = TrialRequest.Make(TrialRequest.NameOf(request.HyperParameterTuningJobName, "", 1), definition, objective, sample);
        var program = TrainingJobRules.Check(trial);
        if (program.Algorithm is { } algorithm)
        {
            CheckAlgorithm(algorithm, objective, parameters, trial.HyperParameters!);
        }
        else if (definition.AlgorithmSpecification.MetricDefinitions?.Exists(metric => metric.Name == objective.MetricName) != true)
        {
            throw Refusals.Validation(
                $"The objective metric [{objective.MetricName}] is not defined: its name and regular expression must be among the MetricDefinitions of the AlgorithmSpecification.");
        }

        return space;
    }

    private static void CheckAlgorithm(
        IBuiltInAlgorithm algorithm, HyperParameterTuningJobObjective objective, IReadOnlyList<SearchParameter> parameters, Dictionary<string, string> trial)
    {
        var metric = algorithm.Metrics.FirstOrDefault(metric => metric.Name == objective.MetricName) ?? throw Refusals.Validation(
            $"The objective metric [{objective.MetricName}] is not valid for the {algorithm.Name} algorithm. "
            + $"Valid metrics: [{string.Join(", ", algorithm.Metrics.Select(known => known.Name))}].");
        var type = metric.IsMaximized ? HyperParameterTuningJobObjectiveType.Maximize : HyperParameterTuningJobObjectiveType.Minimize;
        if (objective.Type != type)
        {
            throw Refusals.Validation($"The objective type [{objective.Type}] is not valid for the metric [{metric.Name}] of the {algorithm.Name} algorithm. It must be [{type}].");
        }

        foreach (var parameter in parameters)
        {
            CheckRange(algorithm, parameter);
        }

        var validation = algorithm.Hyperparameters.Validate(trial);
        if (!validation.IsValid)
        {
            throw Refusals.Validation($"The hyperparameters are not valid for the {algorithm.Name} algorithm. {validation.Message}");
        }
    }

    private static void CheckRange(IBuiltInAlgorithm algorithm, SearchParameter parameter)
    {
        var known = algorithm.Hyperparameters.Find(parameter.Name)
            ?? throw Refusals.Validation($"The hyperparameter [{parameter.Name}] is not a hyperparameter of the {algorithm.Name} algorithm.");
        if (!known.IsTunable && known.Type != HyperparameterType.Categorical)
        {
            throw Refusals.Validation($"The hyperparameter [{parameter.Name}] of the {algorithm.Name} algorithm is not tunable.");
        }

        var (isRightKind, ends) = (known.Type, parameter) switch
        {
            (HyperparameterType.Integer, IntegerParameter p) => (true, new[] { p.Minimum, (double)p.Maximum }),
            (HyperparameterType.Continuous, ContinuousParameter p) => (true, [p.Minimum, p.Maximum]),
            (HyperparameterType.Continuous, IntegerParameter p) => (true, [p.Minimum, (double)p.Maximum]),
            (_, CategoricalParameter) => (true, []),
            _ => (false, []),
        };
        if (!isRightKind)
        {
            throw Refusals.Validation($"The hyperparameter [{parameter.Name}] of the {algorithm.Name} algorithm is of type {known.Type}: give its range as one.");
        }

        if (known.Range is { } range && ends.Any(end => !range.Contains(end)))
        {
            throw Refusals.Validation(string.Create(
                CultureInfo.InvariantCulture,
                $"The range [{ends[0]}, {ends[1]}] of the hyperparameter [{parameter.Name}] is outside of what the {algorithm.Name} algorithm takes, {range}."));
        }

        foreach (var word in (parameter as CategoricalParameter)?.Values ?? [])
        {
            if (known.Validate(word) is { } problem)
            {
                throw Refusals.Validation($"The value '{word}' of the categorical range is not valid for the {algorithm.Name} algorithm. {problem}");
            }
        }
    }

    private static void CheckStrategy(HyperParameterTuningJobConfig config, IReadOnlyList<TuningSpace> spaces)
    {
        var hyperband = config.StrategyConfig?.HyperbandStrategyConfig;
        if (hyperband is not null && config.Strategy != HyperParameterTuningJobStrategyType.Hyperband)
        {
            throw Refusals.Validation($"HyperbandStrategyConfig can only be given with the strategy Hyperband, not with {config.Strategy}.");
        }

        if (hyperband is { MinResource: { } least, MaxResource: { } most } && least >= most)
        {
            throw Refusals.Validation($"The MinResource of HyperbandStrategyConfig must be less than its MaxResource: {least} >= {most}.");
        }

        if (config.Strategy == HyperParameterTuningJobStrategyType.Hyperband && config.TrainingJobEarlyStoppingType == TrainingJobEarlyStoppingType.Auto)
        {
            throw Refusals.Validation("TrainingJobEarlyStoppingType must be Off with the strategy Hyperband, which stops training jobs by itself.");
        }

        if (config.Strategy != HyperParameterTuningJobStrategyType.Grid)
        {
            return;
        }

        if (spaces.SelectMany(space => space.Space.Parameters).FirstOrDefault(parameter => parameter is not CategoricalParameter) is { } numeric)
        {
            throw Refusals.Validation($"Grid search goes over categorical hyperparameter ranges only; the range of '{numeric.Name}' is not one.");
        }
    }

    private static void CheckLimits(HyperParameterTuningJobConfig config, IReadOnlyList<TuningSpace> spaces)
    {
        var limits = config.ResourceLimits;
        var isGrid = config.Strategy == HyperParameterTuningJobStrategyType.Grid;
        if (isGrid && spaces.Any(space => space.Space.Count is null or > MostRandomJobs))
        {
            throw SageMakerErrors.ResourceLimitExceeded($"The grid has more than {MostRandomJobs} combinations.");
        }

        var combinations = isGrid ? spaces.Sum(space => space.Space.Count!.Value) : 0;
        if (isGrid && limits.MaxNumberOfTrainingJobs is { } given && given != combinations)
        {
            throw Refusals.Validation($"With the strategy Grid, MaxNumberOfTrainingJobs must be the number of combinations, {combinations}, or not be given; it is {given}.");
        }

        var criteria = config.TuningJobCompletionCriteria;
        if (!isGrid && limits is { MaxNumberOfTrainingJobs: null, MaxRuntimeInSeconds: null } && criteria is null)
        {
            throw Refusals.Validation("ResourceLimits need MaxNumberOfTrainingJobs or MaxRuntimeInSeconds, or the tuning job needs TuningJobCompletionCriteria.");
        }

        if (limits.MaxNumberOfTrainingJobs < limits.MaxParallelTrainingJobs)
        {
            throw Refusals.Validation(
                $"MaxParallelTrainingJobs must not be greater than MaxNumberOfTrainingJobs: {limits.MaxParallelTrainingJobs} > {limits.MaxNumberOfTrainingJobs}.");
        }

        if (limits.MaxParallelTrainingJobs > MostParallelJobs)
        {
            throw SageMakerErrors.ResourceLimitExceeded(
                $"The service limit 'Number of parallel training jobs per hyperparameter tuning job' is {MostParallelJobs}, with a request of {limits.MaxParallelTrainingJobs}.");
        }

        var most = config.Strategy == HyperParameterTuningJobStrategyType.Bayesian ? MostJobs : MostRandomJobs;
        if (limits.MaxNumberOfTrainingJobs > most)
        {
            throw SageMakerErrors.ResourceLimitExceeded(
                $"The service limit 'Number of training jobs per hyperparameter tuning job' is {most}, with a request of {limits.MaxNumberOfTrainingJobs}.");
        }
    }
}
