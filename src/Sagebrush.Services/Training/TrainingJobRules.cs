using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Training;

/// <summary>What a request for a training job must obey beyond the model's constraints.</summary>
internal static class TrainingJobRules
{
    private const int MaxHyperparameterNameLength = 256;
    private const int MaxInstances = 100;

    /// <summary>Checks a request; the result is what will run the job.</summary>
    /// <param name="request">The request; it gets what the algorithm adds to it.</param>
    /// <param name="specification">The algorithm it names; null when it names an image.</param>
    /// <exception cref="Wire.Dispatch.ServiceException">Something is wrong.</exception>
    public static TrainingProgram Check(CreateTrainingJobRequest request, TrainingSpecification? specification = null)
    {
        var algorithm = request.AlgorithmSpecification ?? throw Refusals.Validation("AlgorithmSpecification is required.");
        CheckAlgorithm(algorithm);
        CheckHyperparameters(request.HyperParameters);
        if (specification is not null)
        {
            AlgorithmRules.Apply(request, specification);
        }

        if ((specification?.TrainingImage ?? algorithm.TrainingImage) is not { } image)
        {
            throw Refusals.Validation($"The algorithm '{algorithm.AlgorithmName}' cannot be named here yet: give a TrainingImage.");
        }

        if (!TrainingProgram.TryFind(image, request.HyperParameters, out var program, out var problem))
        {
            throw Refusals.Validation(problem);
        }

        CheckMetrics(algorithm.MetricDefinitions, isBuiltIn: program.Algorithm is not null && specification is null);
        CheckResources(request.ResourceConfig ?? throw Refusals.Validation("ResourceConfig is required."));
        CheckStopping(request);
        CheckInput(algorithm.TrainingInputMode, request.InputDataConfig ?? []);
        CheckS3(request.OutputDataConfig.S3OutputPath, "OutputDataConfig.S3OutputPath");
        if (request.CheckpointConfig is { } checkpoints)
        {
            CheckS3(checkpoints.S3Uri, "CheckpointConfig.S3Uri");
        }

        return program;
    }

    private static void CheckAlgorithm(AlgorithmSpecification algorithm)
    {
        if (algorithm.TrainingImage is null == algorithm.AlgorithmName is null)
        {
            throw Refusals.Validation("You must specify either TrainingImage or AlgorithmName in AlgorithmSpecification, but not both.");
        }
    }

    private static void CheckHyperparameters(Dictionary<string, string>? hyperparameters)
    {
        if (hyperparameters?.Keys.FirstOrDefault(key => key.Length is 0 or > MaxHyperparameterNameLength || key.Contains('\0', StringComparison.Ordinal)) is { } bad)
        {
            throw Refusals.Validation($"'{bad}' cannot name a hyperparameter.");
        }
    }

    private static void CheckMetrics(List<MetricDefinition>? metrics, bool isBuiltIn)
    {
        if (metrics is not { Count: > 0 })
        {
            return;
        }

        if (isBuiltIn)
        {
            throw Refusals.Validation(
                "You can't override the metric definitions for Amazon SageMaker algorithms. Please retry your request without specifying metric definitions.");
        }

        if (metrics.Find(metric => !MetricReader.IsValid(metric.Regex)) is { } invalid)
        {
            throw Refusals.Validation($"The regular expression of the metric '{invalid.Name}' is not valid: {invalid.Regex}");
        }
    }

    private static void CheckResources(ResourceConfig resources)
    {
        if (resources.InstanceGroups is { Count: > 0 } groups)
        {
            if (resources.InstanceType is not null || resources.InstanceCount is not null)
            {
                throw Refusals.Validation("You can't specify InstanceType and InstanceCount together with InstanceGroups in ResourceConfig.");
            }

            if (groups.GroupBy(group => group.InstanceGroupName, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            {
                throw Refusals.Validation($"Instance group names must be unique: '{twice.Key}' is given more than once.");
            }

            CheckInstances([.. groups.Select(group => (group.InstanceType, group.InstanceCount))]);
            return;
        }

        if (resources.InstanceType is null || resources.InstanceCount is null)
        {
            throw Refusals.Validation("ResourceConfig needs InstanceType and InstanceCount, or InstanceGroups.");
        }

        CheckInstances([(resources.InstanceType, resources.InstanceCount.Value)]);
    }

    private static void CheckInstances(IReadOnlyList<(string Type, int Count)> instances)
    {
        if (instances.FirstOrDefault(instance => !InstanceCatalogue.TryGet(instance.Type, out _)) is { Type: { } unknown })
        {
            throw Refusals.Validation($"The instance type '{unknown}' is not known.");
        }

        if (instances.Any(instance => instance.Count < 1))
        {
            throw Refusals.Validation("A training job needs at least one instance in each group.");
        }

        var count = instances.Sum(instance => (long)instance.Count);
        if (count > MaxInstances)
        {
            throw SageMakerErrors.ResourceLimitExceeded(
                $"The service limit 'Number of instances for a training job' is {MaxInstances} Instances, with a request of {count} Instances.");
        }
    }

    private static void CheckStopping(CreateTrainingJobRequest request)
    {
        var maxRuntime = request.StoppingCondition?.MaxRuntimeInSeconds;
        var maxWait = request.StoppingCondition?.MaxWaitTimeInSeconds;
        if (request.EnableManagedSpotTraining == true && (maxWait is null || maxWait < (maxRuntime ?? 0)))
        {
            throw Refusals.Validation("Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds");
        }

        if (request.EnableManagedSpotTraining == true && request.ResourceConfig?.KeepAlivePeriodInSeconds > 0)
        {
            throw Refusals.Validation("KeepAlivePeriodInSeconds cannot be set when EnableManagedSpotTraining is true: spot instances are not kept.");
        }

        if (request.EnableManagedSpotTraining != true && maxWait is not null)
        {
            throw Refusals.Validation("MaxWaitTimeInSeconds should be set only when EnableManagedSpotTraining is true.");
        }
    }

    private static void CheckInput(string defaultMode, List<Channel> channels)
    {
        if (channels.GroupBy(channel => channel.ChannelName, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw Refusals.Validation($"Channel names must be unique: '{twice.Key}' is given more than once.");
        }

        foreach (var channel in channels)
        {
            if (channel.DataSource.S3DataSource is null == channel.DataSource.FileSystemDataSource is null)
            {
                throw Refusals.Validation($"The channel '{channel.ChannelName}' needs either an S3DataSource or a FileSystemDataSource.");
            }

            CheckChannel(channel, channel.InputMode ?? defaultMode);
        }
    }

    private static void CheckChannel(Channel channel, string mode)
    {
        var name = channel.ChannelName;
        var isPipe = mode == TrainingInputMode.Pipe;
        if (channel.DataSource.S3DataSource is not { } source)
        {
            if (mode != TrainingInputMode.File)
            {
                throw Refusals.Validation($"The channel '{name}' is a file system, which has the input mode File, not {mode}.");
            }

            return;
        }

        CheckS3(source.S3Uri, $"the S3Uri of the channel '{name}'");
        if (source.S3DataType == S3DataType.AugmentedManifestFile && !isPipe)
        {
            throw Refusals.Validation($"The channel '{name}' is an augmented manifest, which needs the input mode Pipe.");
        }

        if (source.S3DataType == S3DataType.AugmentedManifestFile == source.AttributeNames is not { Count: > 0 })
        {
            throw Refusals.Validation($"The channel '{name}' must have AttributeNames if, and only if, its S3DataType is AugmentedManifestFile.");
        }

        if (source.S3DataType == S3DataType.Converse)
        {
            throw Refusals.Validation($"The channel '{name}' has the S3DataType '{source.S3DataType}', which cannot be used here.");
        }

        if (channel.CompressionType == CompressionType.Gzip && !isPipe)
        {
            throw Refusals.Validation($"The channel '{name}' has the CompressionType Gzip, which needs the input mode Pipe; with {mode}, files come as they are.");
        }

        if (channel.RecordWrapperType == RecordWrapper.RecordIO && !isPipe)
        {
            throw Refusals.Validation($"The channel '{name}' has the RecordWrapperType RecordIO, which needs the input mode Pipe; with {mode}, files come as they are.");
        }
    }

    private static void CheckS3(string uri, string name)
    {
        if (!S3Location.TryParse(uri, out _))
        {
            throw Refusals.Validation($"Invalid S3 URI in {name}: '{uri}'. It must be of the form s3://bucket/prefix.");
        }
    }
}
