using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Clarify;
using Sagebrush.Services.Images;
using Sagebrush.Services.Training;

namespace Sagebrush.Services.Processing;

/// <summary>What a request for a processing job must obey beyond the model's constraints.</summary>
internal static class ProcessingRules
{
    /// <summary>Where a job's inputs and outputs are.</summary>
    public const string LocalRoot = "/opt/ml/processing/";

    // The images that run scripts are those of training.
    private static readonly Dictionary<string, string> AsScript = new() { ["sagemaker_program"] = "processing" };

    /// <summary>Checks a request.</summary>
    /// <exception cref="Wire.Dispatch.ServiceException">Something is wrong.</exception>
    public static void Check(CreateProcessingJobRequest request)
    {
        if (IsClarify(request.AppSpecification))
        {
            CheckClarify(request);
        }
        else
        {
            CheckApplication(request.AppSpecification);
        }

        var cluster = request.ProcessingResources.ClusterConfig;
        if (!InstanceCatalogue.TryGet(cluster.InstanceType, out _))
        {
            throw Refusals.Validation($"The instance type '{cluster.InstanceType}' is not known.");
        }

        if (cluster.InstanceCount > 1)
        {
            throw Refusals.Validation($"Processing jobs run on one instance here; InstanceCount is {cluster.InstanceCount}.");
        }

        var inputs = request.ProcessingInputs ?? [];
        var outputs = request.ProcessingOutputConfig?.Outputs ?? [];
        CheckNames("ProcessingInputs", inputs.Select(input => input.InputName));
        CheckNames("ProcessingOutputs", outputs.Select(output => output.OutputName));
        inputs.ForEach(CheckInput);
        outputs.ForEach(CheckOutput);
    }

    /// <summary>Whether the service brings an input to the job; others are the application's own matter.</summary>
    public static bool IsBrought(ProcessingInput input) => input.AppManaged != true;

    /// <summary>Whether the application's image itself runs, in a container: it is none that AWS publishes.</summary>
    public static bool IsContainer(AppSpecification application) => TrainingProgram.TryFind(application.ImageUri, AsScript, out var program, out _) && program.IsContainer;

    /// <summary>Whether a job is an analysis of SageMaker Clarify, whose program is part of this one.</summary>
    public static bool IsClarify(AppSpecification application) => PublishedImage.TryParse(application.ImageUri)?.Repository == "sagemaker-clarify-processing";

    private static void CheckClarify(CreateProcessingJobRequest request)
    {
        if (request.AppSpecification.ContainerEntrypoint is { Count: > 0 } || request.AppSpecification.ContainerArguments is { Count: > 0 })
        {
            throw Refusals.Validation("The image sagemaker-clarify-processing has a program of its own: ContainerEntrypoint and ContainerArguments cannot be given.");
        }

        foreach (var name in (ReadOnlySpan<string>)[ProcessingPlaces.ConfigurationInput, ProcessingPlaces.DatasetInput])
        {
            if ((request.ProcessingInputs ?? []).All(input => input.InputName != name))
            {
                throw Refusals.Validation($"The image sagemaker-clarify-processing needs an input with the InputName '{name}'.");
            }
        }

        if ((request.ProcessingOutputConfig?.Outputs ?? []).All(output => output.OutputName != ProcessingPlaces.ResultOutput))
        {
            throw Refusals.Validation($"The image sagemaker-clarify-processing needs an output with the OutputName '{ProcessingPlaces.ResultOutput}'.");
        }
    }

    private static void CheckApplication(AppSpecification application)
    {
        if (!TrainingProgram.TryFind(application.ImageUri, AsScript, out var program, out var problem) || program.Algorithm is not null)
        {
            throw Refusals.Validation(
                program is null && PublishedImage.TryParse(application.ImageUri) is null
                    ? problem!
                    : $"The processing image '{application.ImageUri}' is one that AWS publishes, and it cannot be run here. Those that can: sagemaker-scikit-learn:VERSION, sagemaker-xgboost:VERSION and sagemaker-clarify-processing:VERSION; an image of your own runs as a container.");
        }

        if (!program.IsContainer && application.ContainerEntrypoint is not { Count: > 0 })
        {
            throw Refusals.Validation("The image runs what it is given: name a command in AppSpecification.ContainerEntrypoint, such as [\"python3\", \"/opt/ml/processing/input/code/script.py\"].");
        }

        if ((application.ContainerEntrypoint ?? []).Concat(application.ContainerArguments ?? []).Any(word => word.Contains('\0', StringComparison.Ordinal)))
        {
            throw Refusals.Validation("ContainerEntrypoint and ContainerArguments cannot hold the character NUL.");
        }
    }

    private static void CheckNames(string member, IEnumerable<string> names)
    {
        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw Refusals.Validation($"The names in {member} must be unique: '{twice.Key}' is given more than once.");
        }
    }

    private static void CheckInput(ProcessingInput input)
    {
        var source = input.S3Input ?? throw Refusals.Validation($"The input '{input.InputName}' needs an S3Input: dataset definitions cannot be used here yet.");
        if (source.S3DataType != ProcessingS3DataType.S3Prefix)
        {
            throw Refusals.Validation($"The input '{input.InputName}' has the S3DataType '{source.S3DataType}', which cannot be used here yet. Use S3Prefix.");
        }

        if (source.S3InputMode == ProcessingS3InputMode.Pipe || source.S3CompressionType == ProcessingS3CompressionType.Gzip)
        {
            throw Refusals.Validation($"The input '{input.InputName}' asks for the input mode Pipe or for Gzip, which cannot be used here yet. Use File without compression.");
        }

        CheckS3(source.S3Uri, $"the input '{input.InputName}'");
        if (IsBrought(input))
        {
            CheckPath(source.LocalPath, $"the input '{input.InputName}'");
        }
    }

    private static void CheckOutput(ProcessingOutput output)
    {
        if (output.AppManaged == true)
        {
            return;
        }

        var target = output.S3Output ?? throw Refusals.Validation($"The output '{output.OutputName}' needs an S3Output: feature store outputs cannot be used here yet.");
        CheckS3(target.S3Uri, $"the output '{output.OutputName}'");
        CheckPath(target.LocalPath, $"the output '{output.OutputName}'");
    }

    private static void CheckPath(string? path, string owner)
    {
        if (path is null || !(path + "/").StartsWith(LocalRoot, StringComparison.Ordinal) || path.Split('/').Contains("..") || path.Contains('\0', StringComparison.Ordinal))
        {
            throw Refusals.Validation($"The LocalPath of {owner} must be below /opt/ml/processing; it is '{path}'.");
        }
    }

    private static void CheckS3(string uri, string owner)
    {
        if (!S3Location.TryParse(uri, out _))
        {
            throw Refusals.Validation($"Invalid S3 URI of {owner}: '{uri}'. It must be of the form s3://bucket/prefix.");
        }
    }
}
