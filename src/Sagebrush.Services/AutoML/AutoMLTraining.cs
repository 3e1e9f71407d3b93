using System.Globalization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Learning.AutoML;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.AutoML;

/// <summary>The training job that searches for an AutoML job.</summary>
internal static class AutoMLTraining
{
    /// <summary>How long a job searches that names neither a time nor a number of candidates.</summary>
    public const int UsualRuntimeInSeconds = 600;

    // Beyond its own time a search may take this long to end, before it is ended.
    private const int Afterwards = 3600;

    /// <summary>What the job's limits come to.</summary>
    public static AutoMLJobCompletionCriteria Criteria(AutoMLJobDocument document)
    {
        var given = document.Tabular.CompletionCriteria;
        return new AutoMLJobCompletionCriteria
        {
            MaxCandidates = given?.MaxCandidates,
            MaxRuntimePerTrainingJobInSeconds = given?.MaxRuntimePerTrainingJobInSeconds,
            MaxAutoMLJobRuntimeInSeconds = given?.MaxAutoMLJobRuntimeInSeconds ?? (given?.MaxCandidates is null ? UsualRuntimeInSeconds : 86_400),
        };
    }

    /// <summary>The request that creates it.</summary>
    /// <exception cref="Wire.Dispatch.ServiceException">The feature specification cannot be read.</exception>
    public static async ValueTask<CreateTrainingJobRequest> MakeAsync(AutoMLJobDocument document, string region, IObjectStore objects, CancellationToken cancellationToken)
    {
        var (job, tabular, criteria) = (document.Job, document.Tabular, Criteria(document));
        Dictionary<string, string> hyperparameters = new(StringComparer.Ordinal)
        {
            ["name"] = job.AutoMLJobName,
            ["run"] = document.Id,
            ["target"] = tabular.TargetAttributeName,
            ["mode"] = tabular.Mode ?? AutoMLMode.Auto,
            ["max_runtime_in_seconds"] = Text(criteria.MaxAutoMLJobRuntimeInSeconds!.Value),
        };
        void Add(string name, string? value)
        {
            if (value is not null)
            {
                hyperparameters[name] = value;
            }
        }

        Add("problem_type", tabular.ProblemType);
        Add("objective", job.AutoMLJobObjective?.MetricName);
        Add("sample_weight", tabular.SampleWeightAttributeName);
        Add("max_candidates", criteria.MaxCandidates is { } candidates ? Text(candidates) : null);
        Add("max_candidate_runtime_in_seconds", criteria.MaxRuntimePerTrainingJobInSeconds is { } each ? Text(each) : null);
        Add("validation_fraction", job.DataSplitConfig?.ValidationFraction?.ToString("R", CultureInfo.InvariantCulture));
        Add("definitions_only", tabular.GenerateCandidateDefinitionsOnly == true ? "true" : null);
        Add("features", tabular.FeatureSpecificationS3Uri is { } uri ? await ReadAsync(uri, objects, cancellationToken) : null);
        var algorithms = (tabular.CandidateGenerationConfig?.AlgorithmsConfig ?? []).SelectMany(config => config.AutoMLAlgorithms).ToList();
        Add("algorithms", algorithms.Count > 0 ? string.Join(',', algorithms.Select(name => AutopilotLearners.Find(name) ?? name).Distinct(StringComparer.Ordinal)) : null);
        return new CreateTrainingJobRequest
        {
            TrainingJobName = document.TrainingJobName,
            AlgorithmSpecification = new AlgorithmSpecification { TrainingImage = AutoMLCandidates.Image(region), TrainingInputMode = TrainingInputMode.File },
            HyperParameters = hyperparameters,
            RoleArn = job.RoleArn,
            InputDataConfig = [.. job.AutoMLJobInputDataConfig.Select(Channel)],
            OutputDataConfig = new OutputDataConfig { S3OutputPath = document.Products.Below("autopilot/training").ToString(), KmsKeyId = job.OutputDataConfig.KmsKeyId },
            ResourceConfig = new ResourceConfig { InstanceType = InstanceType(), InstanceCount = 1, VolumeSizeInGB = 30 },
            VpcConfig = job.SecurityConfig?.VpcConfig,
            StoppingCondition = new StoppingCondition { MaxRuntimeInSeconds = criteria.MaxAutoMLJobRuntimeInSeconds.Value + Afterwards },
            CheckpointConfig = new CheckpointConfig { S3Uri = document.Products.Below("").ToString() },
        };
    }

    private static Channel Channel(AutoMLJobChannel channel) => new()
    {
        ChannelName = channel.ChannelType!,
        ContentType = string.IsNullOrEmpty(channel.ContentType) ? null : channel.ContentType.Replace(" ", "", StringComparison.Ordinal),
        CompressionType = channel.CompressionType,
        DataSource = new DataSource
        {
            S3DataSource = new S3DataSource
            {
                S3DataType = channel.DataSource!.S3DataSource.S3DataType,
                S3Uri = channel.DataSource.S3DataSource.S3Uri,
                S3DataDistributionType = S3DataDistribution.FullyReplicated,
            },
        },
    };

    private static async ValueTask<string> ReadAsync(string uri, IObjectStore objects, CancellationToken cancellationToken)
    {
        if (!S3Location.TryParse(uri, out var place) || objects.FindBucket(place.Bucket) is null || objects.FindObject(place.Bucket, place.Key) is not { } info)
        {
            throw Refusals.Validation($"The FeatureSpecificationS3Uri '{uri}' names no object that exists.");
        }

        using var reader = objects.Open(place.Bucket, place.Key);
        using var text = new StreamReader(reader.OpenStream(0, info.Size));
        return await text.ReadToEndAsync(cancellationToken);
    }

    // As large as this machine, up to where candidates no longer gain by it.
    private static string InstanceType() => Environment.ProcessorCount switch
    {
        >= 16 => "ml.m5.4xlarge",
        >= 8 => "ml.m5.2xlarge",
        >= 4 => "ml.m5.xlarge",
        _ => "ml.m5.large",
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
