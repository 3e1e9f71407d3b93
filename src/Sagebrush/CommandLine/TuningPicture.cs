using System.Globalization;
using System.Text.Json.Nodes;
using Sagebrush.Contracts.SageMaker;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sagebrush.CommandLine;

/// <summary>Tuning jobs and their trials as people and programs read them.</summary>
internal static class TuningPicture
{
    private const int BarWidth = 30;

    /// <summary>A list of tuning jobs.</summary>
    public static Table Of(IReadOnlyList<DescribeHyperParameterTuningJobResponse> jobs)
    {
        var table = TablePicture.New("Tuning job", "Status", "Strategy", "Trials", "Best", "Created");
        foreach (var job in jobs)
        {
            table.AddRow(
                Markup.Escape(job.HyperParameterTuningJobName),
                JobPicture.Status(job.HyperParameterTuningJobStatus),
                Markup.Escape(job.HyperParameterTuningJobConfig.Strategy),
                Trials(job),
                Markup.Escape(Metric(job.BestTrainingJob) ?? job.FailureReason ?? ""),
                TablePicture.Time(job.CreationTime));
        }

        return table;
    }

    /// <summary>One tuning job with its best trials.</summary>
    public static IRenderable Of(DescribeHyperParameterTuningJobResponse job, IReadOnlyList<HyperParameterTrainingJobSummary> trials)
    {
        var names = trials.SelectMany(trial => trial.TunedHyperParameters.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var table = TablePicture.New(["Trial", "Status", ObjectiveOf(job)?.MetricName ?? "Objective", .. names]);
        foreach (var trial in trials)
        {
            var isBest = trial.TrainingJobName == job.BestTrainingJob?.TrainingJobName;
            table.AddRow(
            [
                JobPicture.Best(trial.TrainingJobName, isBest),
                JobPicture.Status(trial.TrainingJobStatus),
                JobPicture.Best(Value(trial) ?? "", isBest),
                .. names.Select(name => Markup.Escape(Short(trial.TunedHyperParameters.GetValueOrDefault(name, "")))),
            ]);
        }

        return new Rows([new Markup(Heading(job)), table]);
    }

    /// <summary>A tuning job for a program.</summary>
    public static JsonObject Json(DescribeHyperParameterTuningJobResponse job) => new()
    {
        ["name"] = job.HyperParameterTuningJobName,
        ["arn"] = job.HyperParameterTuningJobArn,
        ["status"] = job.HyperParameterTuningJobStatus,
        ["strategy"] = job.HyperParameterTuningJobConfig.Strategy,
        ["completed"] = job.TrainingJobStatusCounters.Completed,
        ["inProgress"] = job.TrainingJobStatusCounters.InProgress,
        ["stopped"] = job.TrainingJobStatusCounters.Stopped,
        ["failed"] = job.TrainingJobStatusCounters.NonRetryableError + job.TrainingJobStatusCounters.RetryableError,
        ["best"] = job.BestTrainingJob is { } best ? Json(best) : null,
        ["failureReason"] = job.FailureReason,
    };

    /// <summary>A trial for a program.</summary>
    public static JsonObject Json(HyperParameterTrainingJobSummary trial) => new()
    {
        ["name"] = trial.TrainingJobName,
        ["status"] = trial.TrainingJobStatus,
        ["metric"] = trial.FinalHyperParameterTuningJobObjectiveMetric?.MetricName,
        ["value"] = trial.FinalHyperParameterTuningJobObjectiveMetric?.Value,
        ["hyperparameters"] = new JsonObject(trial.TunedHyperParameters.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
    };

    /// <summary>What the job, or its first definition, is after.</summary>
    public static HyperParameterTuningJobObjective? ObjectiveOf(DescribeHyperParameterTuningJobResponse job) =>
        job.HyperParameterTuningJobConfig.HyperParameterTuningJobObjective ?? job.TrainingJobDefinitions?.FirstOrDefault()?.TuningObjective;

    private static string Heading(DescribeHyperParameterTuningJobResponse job)
    {
        var (done, most) = (Done(job), job.HyperParameterTuningJobConfig.ResourceLimits.MaxNumberOfTrainingJobs);
        var filled = most is > 0 ? Math.Min(BarWidth, BarWidth * done / most.Value) : job.HyperParameterTuningEndTime is null ? 0 : BarWidth;
        var bar = $"[green]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/]";
        var best = JobPicture.Best(Metric(job.BestTrainingJob));
        var since = job.TuningJobCompletionDetails?.NumberOfTrainingJobsObjectiveNotImproving is > 0 and var count ? $", {count} trials ago" : "";
        return $"[bold]{Markup.Escape(job.HyperParameterTuningJobName)}[/]  {JobPicture.Status(job.HyperParameterTuningJobStatus)}  {bar} {Trials(job)}{best}{since}";
    }

    private static int Done(DescribeHyperParameterTuningJobResponse job)
    {
        var counters = job.TrainingJobStatusCounters;
        return (counters.Completed + counters.Stopped + counters.NonRetryableError + counters.RetryableError) ?? 0;
    }

    private static string Trials(DescribeHyperParameterTuningJobResponse job)
    {
        var most = job.HyperParameterTuningJobConfig.ResourceLimits.MaxNumberOfTrainingJobs;
        return string.Create(CultureInfo.InvariantCulture, $"{Done(job)}{(most is null ? "" : $"/{most}")}");
    }

    private static string? Metric(HyperParameterTrainingJobSummary? trial) =>
        trial is not null && Value(trial) is { } value ? $"{trial.FinalHyperParameterTuningJobObjectiveMetric!.MetricName} {value}" : null;

    private static string? Value(HyperParameterTrainingJobSummary trial) => trial.FinalHyperParameterTuningJobObjectiveMetric is { } metric ? JobPicture.Value(metric.Value) : null;

    private static string Short(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number.ToString("G4", CultureInfo.InvariantCulture) : value;
}
