using Sagebrush.Algorithms.AutoML;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.AutoML;

/// <summary>The candidates of a job, as callers see them.</summary>
internal static class AutoMLCandidates
{
    private static readonly HashSet<string> Objectives = new(Learning.AutoML.AutopilotObjective.All.Select(objective => objective.Name), StringComparer.Ordinal);

    /// <summary>The image that serves them, and that trains them.</summary>
    public static string Image(string region) => $"683313688378.dkr.ecr.{region}.amazonaws.com/sagemaker-sklearn-automl:2.5-1-cpu-py3";

    /// <summary>All of them, in the order they were tried.</summary>
    public static IEnumerable<AutoMLCandidate> Of(AutoMLJobDocument document, string region) =>
        document.Progress is { } progress ? progress.Candidates.Select(candidate => Of(document, progress, candidate, region)) : [];

    /// <summary>The best one so far; null when there is none yet.</summary>
    public static AutopilotCandidate? Best(AutopilotProgress? progress)
    {
        if (progress is not { Objective: { } objective })
        {
            return null;
        }

        var usable = progress.Candidates.Where(candidate => candidate.Failure is null && candidate.Metrics.ContainsKey(objective)).ToList();
        return progress.Best is { } best ? usable.Find(candidate => candidate.Name == best)
            : progress.IsMaximized ? usable.MaxBy(candidate => candidate.Metrics[objective]) : usable.MinBy(candidate => candidate.Metrics[objective]);
    }

    /// <summary>A candidate as callers see it.</summary>
    public static AutoMLCandidate Of(AutoMLJobDocument document, AutopilotProgress progress, AutopilotCandidate candidate, string region)
    {
        var isGood = candidate.Failure is null;
        var containers = candidate.Model is null ? null : Containers(document, progress, candidate, region);
        return new AutoMLCandidate
        {
            CandidateName = candidate.Name,
            CandidateStatus = isGood ? CandidateStatus.Completed : candidate.IsGivenUp ? CandidateStatus.Stopped : CandidateStatus.Failed,
            ObjectiveStatus = isGood ? ObjectiveStatus.Succeeded : ObjectiveStatus.Failed,
            FinalAutoMLJobObjectiveMetric = isGood && progress.Objective is { } objective && candidate.Metrics.TryGetValue(objective, out var value) ? new FinalAutoMLJobObjectiveMetric
            {
                Type = progress.IsMaximized ? AutoMLJobObjectiveType.Maximize : AutoMLJobObjectiveType.Minimize,
                MetricName = objective,
                StandardMetricName = objective,
                Value = (float)value,
            }
            : null,
            CandidateSteps =
            [
                new AutoMLCandidateStep
                {
                    CandidateStepType = CandidateStepType.AWSSageMakerTrainingJob,
                    CandidateStepArn = document.Job.AutoMLJobArn.Replace(":automl-job/", ":training-job/", StringComparison.Ordinal)[..^document.Job.AutoMLJobName.Length] + document.TrainingJobName,
                    CandidateStepName = document.TrainingJobName,
                },
            ],
            InferenceContainers = containers,
            InferenceContainerDefinitions = containers is null ? null : new Dictionary<string, List<AutoMLContainerDefinition>> { ["CPU"] = containers },
            CreationTime = candidate.Started,
            EndTime = candidate.Ended,
            LastModifiedTime = candidate.Ended,
            FailureReason = candidate.Failure,
            CandidateProperties = isGood ? Properties(document, candidate) : null,
        };
    }

    private static List<AutoMLContainerDefinition> Containers(AutoMLJobDocument document, AutopilotProgress progress, AutopilotCandidate candidate, string region)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal) { ["SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT"] = "text/csv" };
        if (progress.Problem != ProblemType.Regression)
        {
            environment["SAGEMAKER_INFERENCE_OUTPUT"] = "predicted_label";
            environment["SAGEMAKER_INFERENCE_SUPPORTED"] = "predicted_label,probability,probabilities,labels";
        }

        return [new AutoMLContainerDefinition { Image = Image(region), ModelDataUrl = document.Products.Below(candidate.Model!).ToString(), Environment = environment }];
    }

    private static CandidateProperties Properties(AutoMLJobDocument document, AutopilotCandidate candidate) => new()
    {
        CandidateArtifactLocations = candidate.Explanations is null ? null : new CandidateArtifactLocations
        {
            Explainability = document.Products.Below(candidate.Explanations).ToString(),
            ModelInsights = candidate.Insights is { } insights ? document.Products.Below(insights).ToString() : null,
        },
        CandidateMetrics = [.. candidate.Metrics.Select(metric => new MetricDatum
        {
            MetricName = Objectives.Contains(metric.Key) ? metric.Key : null,
            StandardMetricName = metric.Key,
            Value = (float)metric.Value,
            Set = MetricSetSource.Validation,
        })],
    };
}
