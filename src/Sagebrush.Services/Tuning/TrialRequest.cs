using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Tuning;

/// <summary>The training job of a trial: its name and the request that creates it.</summary>
internal static class TrialRequest
{
    /// <summary>The name SageMaker would give: the tuning job's, a number and eight digits; always the same for the same trial.</summary>
    public static string NameOf(string tuningJob, string id, int number)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}/{number}")));
        return string.Create(CultureInfo.InvariantCulture, $"{tuningJob}-{number:000}-{Convert.ToHexStringLower(hash.AsSpan(0, 4))}");
    }

    /// <summary>The request for a definition with some hyperparameters.</summary>
    public static CreateTrainingJobRequest Make(
        string name, HyperParameterTrainingJobDefinition definition, HyperParameterTuningJobObjective? objective, IReadOnlyDictionary<string, string> tuned)
    {
        Dictionary<string, string> hyperparameters = new(definition.StaticHyperParameters ?? [], StringComparer.Ordinal);
        foreach (var (key, value) in tuned)
        {
            hyperparameters[key] = value;
        }

        if (objective is not null)
        {
            hyperparameters["_tuning_objective_metric"] = objective.MetricName;
        }

        return new CreateTrainingJobRequest
        {
            TrainingJobName = name,
            AlgorithmSpecification = new AlgorithmSpecification
            {
                TrainingImage = definition.AlgorithmSpecification.TrainingImage,
                AlgorithmName = definition.AlgorithmSpecification.AlgorithmName,
                TrainingInputMode = definition.AlgorithmSpecification.TrainingInputMode,
                MetricDefinitions = definition.AlgorithmSpecification.MetricDefinitions,
            },
            HyperParameters = hyperparameters,
            RoleArn = definition.RoleArn,
            InputDataConfig = definition.InputDataConfig,
            OutputDataConfig = definition.OutputDataConfig,
            ResourceConfig = definition.ResourceConfig ?? Resources(definition.HyperParameterTuningResourceConfig),
            VpcConfig = definition.VpcConfig,
            StoppingCondition = definition.StoppingCondition,
            EnableNetworkIsolation = definition.EnableNetworkIsolation,
            EnableInterContainerTrafficEncryption = definition.EnableInterContainerTrafficEncryption,
            EnableManagedSpotTraining = definition.EnableManagedSpotTraining,
            CheckpointConfig = definition.CheckpointConfig is { } checkpoints ? new CheckpointConfig
            {
                // Each training job has checkpoints of its own.
                S3Uri = $"{checkpoints.S3Uri.TrimEnd('/')}/{name}",
                LocalPath = checkpoints.LocalPath,
            }
            : null,
            RetryStrategy = definition.RetryStrategy,
            Environment = definition.Environment,
        };
    }

    private static ResourceConfig? Resources(HyperParameterTuningResourceConfig? config) => config is null ? null : new ResourceConfig
    {
        // Of several configurations the first is preferred; this machine is every one of them.
        InstanceType = config.InstanceConfigs is [var first, ..] ? first.InstanceType : config.InstanceType,
        InstanceCount = config.InstanceConfigs is [var same, ..] ? same.InstanceCount : config.InstanceCount,
        VolumeSizeInGB = config.InstanceConfigs is [var last, ..] ? last.VolumeSizeInGB : config.VolumeSizeInGB ?? 1,
        VolumeKmsKeyId = config.VolumeKmsKeyId,
    };
}
