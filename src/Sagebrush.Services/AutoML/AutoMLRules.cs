using Sagebrush.Contracts.SageMaker;
using Sagebrush.Learning.AutoML;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.AutoML;

/// <summary>What the model cannot say of a request for an AutoML job.</summary>
internal static class AutoMLRules
{
    private const double LongestRuntimeInSeconds = 30 * 86_400.0;

    /// <summary>Refuses what cannot be done.</summary>
    /// <exception cref="Wire.Dispatch.ServiceException">Something is wrong; the message names it.</exception>
    public static void Check(DescribeAutoMLJobV2Response job, IObjectStore objects)
    {
        if (job.AutoMLProblemTypeConfig?.TabularJobConfig is not { } tabular)
        {
            throw Refusals.Validation(
                "AutoMLProblemTypeConfig must hold TabularJobConfig: images, texts, time series and text generation cannot be carried out here.");
        }

        CheckChannels(job.AutoMLJobInputDataConfig);
        CheckObjective(job.AutoMLJobObjective, tabular.ProblemType);
        if (tabular.ProblemType is null != job.AutoMLJobObjective is null)
        {
            throw Refusals.Validation(tabular.ProblemType is null
                ? "ProblemType must be provided together with AutoMLJobObjective: give both, or neither for Autopilot to choose."
                : "AutoMLJobObjective must be provided together with ProblemType: give both, or neither for Autopilot to choose.");
        }

        if (!S3Location.TryParse(job.OutputDataConfig.S3OutputPath, out var output) || objects.FindBucket(output.Bucket) is null)
        {
            throw Refusals.Validation($"The S3OutputPath '{job.OutputDataConfig.S3OutputPath}' names no bucket that exists.");
        }

        CheckCriteria(tabular.CompletionCriteria);
        CheckAlgorithms(tabular);
        if (job.ModelDeployConfig is { AutoGenerateEndpointName: true, EndpointName: not null })
        {
            throw Refusals.Validation("ModelDeployConfig cannot have both AutoGenerateEndpointName true and an EndpointName.");
        }

        if (job.DataSplitConfig?.ValidationFraction is <= 0 or >= 1)
        {
            throw Refusals.Validation("ValidationFraction must lie between 0 and 1.");
        }

        if (job.DataSplitConfig?.ValidationFraction is not null && job.AutoMLJobInputDataConfig.Count > 1)
        {
            throw Refusals.Validation("ValidationFraction is for one data source that is to be split; a validation channel is given already.");
        }
    }

    private static void CheckChannels(List<AutoMLJobChannel> channels)
    {
        if (channels.Count(channel => channel.ChannelType != AutoMLChannelType.Validation) != 1)
        {
            throw Refusals.Validation("There must be exactly one channel of the ChannelType training.");
        }

        foreach (var channel in channels)
        {
            var source = channel.DataSource?.S3DataSource ?? throw Refusals.Validation("Each channel needs a DataSource.");
            if (source.S3DataType == AutoMLS3DataType.AugmentedManifestFile)
            {
                throw Refusals.Validation("S3DataType AugmentedManifestFile is for image classification; tables are S3Prefix or ManifestFile.");
            }

            if (!S3Location.TryParse(source.S3Uri, out _))
            {
                throw Refusals.Validation($"The S3Uri '{source.S3Uri}' names no place in S3.");
            }

            var type = channel.ContentType?.Replace(" ", "", StringComparison.Ordinal);
            if (type is not (null or "" or "text/csv;header=present" or "x-application/vnd.amazon+parquet"))
            {
                throw Refusals.Validation($"The content type '{channel.ContentType}' is not supported; it must be text/csv;header=present or x-application/vnd.amazon+parquet.");
            }
        }
    }

    private static void CheckObjective(AutoMLJobObjective? objective, string? problem)
    {
        if (objective is null)
        {
            return;
        }

        var found = AutopilotObjective.Find(objective.MetricName) ?? throw Refusals.Validation($"The objective {objective.MetricName} is not for tabular data.");
        if (problem is not null && !found.Problems.Contains(Enum.Parse<Learning.AutoML.ProblemType>(problem)))
        {
            throw Refusals.Validation($"The objective metric {objective.MetricName} is not supported for the problem type {problem}.");
        }
    }

    private static void CheckCriteria(AutoMLJobCompletionCriteria? criteria)
    {
        if (criteria?.MaxAutoMLJobRuntimeInSeconds is { } most && criteria.MaxRuntimePerTrainingJobInSeconds is { } each && each > most)
        {
            throw Refusals.Validation("MaxRuntimePerTrainingJobInSeconds cannot be more than MaxAutoMLJobRuntimeInSeconds.");
        }

        if (criteria?.MaxAutoMLJobRuntimeInSeconds > LongestRuntimeInSeconds)
        {
            throw Refusals.Validation("MaxAutoMLJobRuntimeInSeconds cannot be more than 30 days (2592000).");
        }
    }

    private static void CheckAlgorithms(TabularJobConfig tabular)
    {
        var asked = (tabular.CandidateGenerationConfig?.AlgorithmsConfig ?? []).SelectMany(config => config.AutoMLAlgorithms).ToList();
        if (asked.Count > 0 && asked.TrueForAll(name => AutopilotLearners.Find(name) is null))
        {
            throw Refusals.Validation($"None of the AutoMLAlgorithms {string.Join(", ", asked)} is here; there are {string.Join(", ", AutopilotLearners.Names)}.");
        }
    }
}
